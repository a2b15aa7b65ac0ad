"""A daemon that the desktop starts at login (freedesktop.org's Desktop Application Autostart), without systemd."""

from __future__ import annotations

from typing import Final, final

from passerelle.desktop.service.installation import Installation
from passerelle.desktop.service.systemd import config_home, remove_empty
from passerelle.sync.accounts.private_files import write_private

_RESERVED: Final = frozenset(" \t\n\"'\\><~|&;$*?#()`")
_ENTRY: Final = """\
[Desktop Entry]
Type=Application
Name=Passerelle
Comment=Keeps calendars, contacts and tasks in step
Exec={command}
NoDisplay=true
"""


@final
class AutostartEntry:
    """The entry of one name in the user's directory of autostart entries."""

    def __init__(self, name: str) -> None:
        self.path = config_home() / "autostart" / f"{name}.desktop"

    @property
    def where(self) -> str:
        """Where it stands, for people."""
        return str(self.path)

    def is_there(self) -> bool:
        """Whether there is such an entry."""
        return self.path.exists()

    def install(self, installation: Installation) -> bool:
        """Write the entry; False if it was there already."""
        text = _ENTRY.format(command=command_line(installation)).encode()
        if self.path.exists() and self.path.read_bytes() == text:
            return False
        write_private(self.path, text)
        return True

    def remove(self) -> bool:
        """Remove the entry; False if there was none. What it started runs on until logout."""
        if not self.path.exists():
            return False
        self.path.unlink()
        remove_empty(self.path.parent)
        return True


def command_line(installation: Installation) -> str:
    """The command as an Exec key has it (Desktop Entry Specification, "The Exec key")."""
    variables = [f"{name}={value}" for name, value in sorted(installation.environment.items())]
    return " ".join(_word(word) for word in ("env", *variables, *installation.command))


def _word(word: str) -> str:
    """A word, quoted if need be; then escaped once more as every string of such a file is."""
    word = word.replace("%", "%%")
    if word and not _RESERVED & set(word):
        return word
    quoted = "".join(f"\\{sign}" if sign in '"`$\\' else sign for sign in word)
    return f'"{quoted}"'.replace("\\", "\\\\").replace("\n", "\\n")
