"""What Windows starts at login: the daemon, and the icon, which warns (Microsoft, "Run and RunOnce Registry Keys")."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final, final

from passerelle.desktop.service.installation import Installation
from passerelle.peers.outlook.registry import Registry

RUN: Final = r"Software\Microsoft\Windows\CurrentVersion\Run"
LOG: Final = "watch.log"
ICON_LOG: Final = "tray.log"
"""In the directory of the accounts: what the daemon and the icon say, for they have no window."""


@final
class RunEntry:
    """The entries of one name. They are the user's own, and need no administrator."""

    def __init__(self, name: str, registry: Registry) -> None:
        self._name = name
        self._icon = f"{name} icon"
        self._registry = registry

    @property
    def where(self) -> str:
        """Where the daemon's stands, for people."""
        return rf"HKEY_CURRENT_USER\{RUN}, {self._name}"

    def is_there(self) -> bool:
        """Whether there is an entry for the daemon."""
        return self._registry.get(RUN, self._name) is not None

    def install(self, installation: Installation) -> bool:
        """Write the entries; False if they were there already."""
        lines = {
            self._name: command_line(installation.command, installation.data / LOG),
            self._icon: command_line(installation.icon_command, installation.data / ICON_LOG),
        }
        if all(self._registry.get(RUN, name) == line for name, line in lines.items()):
            return False
        for name, line in lines.items():
            self._registry.put(RUN, name, line)
        return True

    def remove(self) -> bool:
        """Remove the entries; False if there was none. What they started runs on until logout."""
        was_there = self.is_there()
        for name in (self._name, self._icon):
            self._registry.put(RUN, name, None)
        return was_there


def command_line(command: Sequence[str], log: Path) -> str:
    """A command in one line, run by the Python that opens no window. Variables of this window are not in it."""
    python, *words = command
    return subprocess.list2cmdline([str(Path(python).with_name("pythonw.exe")), *words, "--log", str(log)])
