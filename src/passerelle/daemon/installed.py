"""Which version is installed, and how a newer one is."""

from __future__ import annotations

import sys
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path
from typing import Final

from passerelle import __version__

_TOOLS: Final = {"pipx": "pipx upgrade passerelle", "uv": "uv tool upgrade passerelle"}
"""How programs that keep others apart update them, by the directory that they do it in."""


def installed_version() -> str:
    """The version that another start would run: after an update it is not the one that runs."""
    try:
        return version("passerelle")
    except PackageNotFoundError:  # runs from a directory that was never installed
        return __version__


def how_to_update() -> str:
    """The command that installs a newer version in the way that this one was; "" where that is nobody's to say.

    A copy of the sources is updated as it was got.
    """
    try:
        found = distribution("passerelle")
    except PackageNotFoundError:
        return ""
    where = found.read_text("direct_url.json")
    if where is not None and "dir_info" in where:
        return ""
    tool = next((command for name, command in _TOOLS.items() if name in Path(sys.prefix).parts), "")
    return tool or f"{sys.executable} -m pip install --upgrade passerelle"
