"""Listens, under Windows' Python, to whatever Outlook runs, and prints what it hears."""

from __future__ import annotations

import sys

from passerelle.peers.outlook.connecting import enter_apartment, system_attach
from passerelle.peers.outlook.listening import system_ears
from tests.interop.outlook.overheard import Ear, overhear

assert sys.platform == "win32"  # which mypy, too, understands: elsewhere it reads no further

PATIENCE_S = 1.0

if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    enter_apartment()
    ears = system_ears()
    pump = ears.pump()
    for line in overhear(system_attach(), ears.connect, lambda: pump.wait(PATIENCE_S), Ear(lambda: None)):
        print(line, flush=True)  # noqa: T201 - what it is for
