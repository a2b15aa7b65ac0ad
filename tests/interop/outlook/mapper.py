"""Sends items through the mapping, under Windows' Python, to whatever Outlook runs, and prints what came back."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.interop.outlook.round_trips import round_trips

assert sys.platform == "win32"  # which mypy, too, understands: elsewhere it reads no further

import win32com.client

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    outlook = win32com.client.GetActiveObject("Outlook.Application")
    for line in round_trips(outlook, Path(sys.argv[1])):
        print(line, flush=True)  # noqa: T201 - what it is for
    outlook.Quit()
