"""The command line. :func:`main` is the ``passerelle`` program."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence

from passerelle.cli.lasting import NEVER


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit with its code."""
    if sys.stdout is None:  # Windows' Python without a window
        sys.stdout = sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w", encoding="utf-8")
    # Loading code and filling pages makes many objects and hardly any garbage: looking for it took a tenth of the time.
    gc.set_threshold(NEVER)
    from passerelle.cli.program import run  # loads most of what a start loads

    code = run(arguments)
    gc.freeze()  # nor is there anything to look for at the end: it took a fifth of a run that had nothing to do
    sys.exit(code)
