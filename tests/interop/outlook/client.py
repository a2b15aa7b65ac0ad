"""Talks, under Windows' Python, to whatever Outlook runs, and prints the conversation."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.interop.outlook.conversation import after_the_end, converse

assert sys.platform == "win32"  # which mypy, too, understands: elsewhere it reads no further

import win32com.client

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    outlook = win32com.client.GetActiveObject("Outlook.Application")
    for line in (*converse(outlook, Path(sys.argv[1])), *after_the_end(outlook)):
        print(line, flush=True)  # noqa: T201 - what it is for
