"""A daemon that Windows starts at login (Microsoft, "Run and RunOnce Registry Keys")."""

from __future__ import annotations

import subprocess
from typing import Final, final

from passerelle.desktop.service.installation import Installation
from passerelle.peers.outlook.registry import Registry

RUN: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
LOG: Final = "watch.log"
"""In the directory of the accounts: what the daemon says, for it has no window."""


@final
class RunEntry:
    """The entry of one name. It is the user's own, and needs no administrator."""

    def __init__(self, name: str, registry: Registry) -> None:
        self._name = name
        self._registry = registry

    @property
    def where(self) -> str:
        """Where it stands, for people."""
        return rf"HKEY_CURRENT_USER\{RUN}, {self._name}"

    def is_there(self) -> bool:
        """Whether there is such an entry."""
        return self._registry.get(RUN, self._name) is not None

    def install(self, installation: Installation) -> bool:
        """Write the entry; False if it was there already."""
        line = command_line(installation)
        if self._registry.get(RUN, self._name) == line:
            return False
        self._registry.put(RUN, self._name, line)
        return True

    def remove(self) -> bool:
        """Remove the entry; False if there was none. What it started runs on until logout."""
        was_there = self.is_there()
        self._registry.put(RUN, self._name, None)
        return was_there


def command_line(installation: Installation) -> str:
    """The command in one line, run by the Python that opens no window. Variables of this window are not in it."""
    windowless = installation.python.with_name("pythonw.exe")
    _python, *words = installation.command
    return subprocess.list2cmdline([str(windowless), *words, "--log", str(installation.data / LOG)])
