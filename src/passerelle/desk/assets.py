"""Scripts and styles that ``scripts/web`` has built; their names hold their content, so that they never grow old."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Final

from passerelle.model.errors import Misconfigured

DIRECTORY: Final = Path(__file__).parent / "static"
FOREVER: Final = "public, max-age=31536000, immutable"
PRIVATE_FOREVER: Final = "private, max-age=31536000, immutable"


@cache
def file_name(source: str) -> str:
    """The name of the file that was built of a source, ``desk.css`` for example.

    Raises:
        Misconfigured: they were not built.
    """
    try:
        manifest: dict[str, str] = json.loads((DIRECTORY / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise Misconfigured("The scripts of the pages are missing. Run scripts/web, or install the wheel.") from error
    return manifest[source]
