"""Runs the self-test, under Windows' Python, on whatever Outlook runs, and prints what it found."""

from __future__ import annotations

import sys
from pathlib import Path

from passerelle.peers.outlook.listening import system_ears
from tests.interop.outlook.findings import findings

assert sys.platform == "win32"  # which mypy, too, understands: elsewhere it reads no further

import win32com.client

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    for line in findings(win32com.client.GetActiveObject, system_ears(), Path(sys.argv[1])):
        print(line, flush=True)  # noqa: T201 - what it is for
    win32com.client.GetActiveObject("Outlook.Application").Quit()
