"""A service under the user's instance of systemd."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, final

from msgspec import Struct

from passerelle.desktop.service.installation import Installation
from passerelle.desktop.service.unit import unit_text
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.sync.accounts.private_files import write_private

BOOTED: Final = Path("/run/systemd/system")
"""Exists where systemd runs the machine (sd_booted(3))."""
_LINGER: Final = Path("/var/lib/systemd/linger")
_PATIENCE_S: Final = 100
"""Longer than systemd waits for a daemon to start or to end."""


class Condition(Struct, frozen=True):
    """How a service is, in systemd's words (org.freedesktop.systemd1(5)); ``pid`` is 0 while it does not run."""

    installed: bool
    enabled: bool
    active: str
    result: str
    pid: int


def config_home(environment: Mapping[str, str] = os.environ) -> Path:
    """The user's directory of settings (XDG base directory specification)."""
    return Path(environment.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def has_user_instance() -> bool:
    """Whether systemd looks after this user's programs, and can be reached from here."""
    if shutil.which("systemctl") is None:
        return False
    return _systemctl("is-system-running").stdout.strip() not in {"", "offline", "unknown"}


def lingers(user: str) -> bool:
    """Whether a user's services run while the user is not logged in (loginctl(1), enable-linger)."""
    return (_LINGER / user).exists()


@final
class SystemdService:
    """The unit of one name in the user's directory of units."""

    def __init__(self, name: str) -> None:
        self.unit = f"{name}.service"
        self.path = config_home() / "systemd" / "user" / self.unit

    def install(self, installation: Installation) -> bool:
        """Write the unit, have it started now and at each login; False if all that was so already.

        Raises:
            Misconfigured: systemd says no, or the daemon does not start.
        """
        text = unit_text(installation).encode()
        before = self.condition()
        is_new = not self.path.exists() or self.path.read_bytes() != text
        if is_new:
            write_private(self.path, text)
            self._order("daemon-reload")
        if not is_new and before.enabled and before.active == "active":
            return False
        self._order("enable", self.unit)
        _systemctl("reset-failed", self.unit)  # starts that failed before do not count against this one
        self._order("restart", self.unit)
        return True

    def remove(self) -> bool:
        """End the service and leave no trace of it; False if there was none."""
        if not self.path.exists():
            return False
        self._order("disable", "--now", self.unit)
        self.path.unlink()
        self._order("daemon-reload")
        _systemctl("reset-failed", self.unit)
        remove_empty(self.path.parent, self.path.parent.parent)
        return True

    def condition(self) -> Condition:
        """How the service is."""
        names = ("UnitFileState", "ActiveState", "Result", "MainPID")
        shown = _systemctl("show", self.unit, "--property", ",".join(names)).stdout
        found = dict(line.partition("=")[::2] for line in shown.splitlines())
        return Condition(
            installed=self.path.exists(),
            enabled=found.get("UnitFileState") == "enabled",
            active=found.get("ActiveState", "unknown"),
            result=found.get("Result", ""),
            pid=int(found.get("MainPID") or 0),
        )

    def _order(self, *words: str) -> None:
        done = _systemctl(*words)
        if done.returncode:
            raise Misconfigured(
                Text(
                    "“systemctl --user {words}” failed: {message} Its log: journalctl --user -u {unit}",
                    words=" ".join(words),
                    message=" ".join(done.stderr.split()),
                    unit=self.unit,
                )
            )


def remove_empty(*directories: Path) -> None:
    """Remove directories that hold nothing any more, the innermost first."""
    for directory in directories:
        with suppress(OSError):
            directory.rmdir()


def _systemctl(*words: str) -> subprocess.CompletedProcess[str]:
    """Ask systemd, in its own language. Raises Misconfigured: it does not answer."""
    command = ["systemctl", "--user", "--no-pager", "--no-ask-password", *words]
    try:
        return subprocess.run(  # noqa: S603 - fixed words and names of ours
            command,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Misconfigured(Text("“systemctl --user {words}” does not end.", words=" ".join(words))) from error
