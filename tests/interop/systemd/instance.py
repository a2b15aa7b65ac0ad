"""A user's instance of systemd for tests: started for real, apart from everything else on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from uuid import uuid4

from tests.support.commands import PROGRAM

SCRIPT: Final = Path(__file__).with_name("session.sh")
TOOLS: Final = ("systemctl", "systemd-analyze", "unshare", "nsenter")
_DROPPED: Final = ("DBUS_SESSION_BUS_ADDRESS", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "PASSERELLE_DATA", "NOTIFY_SOCKET")


class Impossible(Exception):
    """This machine does not let us start one; the message says why."""


class Instance:
    """A home directory, and systemd that looks after what its user wants to run; a context manager."""

    def __init__(self, home: Path) -> None:
        """Nothing is started yet. Raises Impossible: it cannot be."""
        missing = [tool for tool in TOOLS if shutil.which(tool) is None]
        if missing:
            raise Impossible(f"needs {', '.join(missing)} (Debian: systemd, util-linux)")
        if os.geteuid():
            raise Impossible("needs root, for namespaces and a control group of its own")
        self.home = home

    def __enter__(self) -> Self:
        """Start systemd. Raises Impossible: it does not start here."""
        self._runtime = tempfile.mkdtemp(prefix="p-")  # short: sockets lie in it
        self.environment = {name: value for name, value in os.environ.items() if name not in _DROPPED}
        self.environment |= {"HOME": str(self.home), "XDG_RUNTIME_DIR": self._runtime, "LANGUAGE": "C"}
        self._log = self.home / "systemd.log"
        self.home.mkdir(exist_ok=True)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                ["bash", SCRIPT, f"passerelle-{uuid4().hex[:8]}"],
                env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert self._process.stdout is not None
        if self._process.stdout.readline() != b"ready\n":
            self.__exit__(None, None, None)
            raise Impossible(f"systemd --user does not start here: {self._log.read_text(errors='replace')[-300:]}")
        self._inside = str(_first_child(_first_child(self._process.pid)))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it with all that it started."""
        self._process.communicate(timeout=60)
        shutil.rmtree(self._runtime, ignore_errors=True)

    def run(self, *words: str | Path, stdin: str = "", is_reached: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command as the user would; with ``is_reached`` False where systemd does not answer, as after su."""
        environment = dict(self.environment)
        if not is_reached:
            del environment["XDG_RUNTIME_DIR"]
        command = ["nsenter", "--target", self._inside, "--mount", "--pid", "--", *map(str, words)]
        return subprocess.run(
            command, env=environment, input=stdin, capture_output=True, text=True, timeout=100, check=False
        )

    def passerelle(self, *words: str | Path, stdin: str = "") -> str:
        """What a command of ours that succeeds writes."""
        done = self.run(PROGRAM, *words, stdin=stdin)
        assert done.returncode == 0, f"{words} gave {done.returncode}: {done.stdout}{done.stderr}{self.log()}"
        return done.stdout

    def log(self) -> str:
        """What systemd, and what it started, wrote so far."""
        return self._log.read_text(errors="replace")

    def settings(self) -> list[Path]:
        """Everything that lies in the user's directory of settings."""
        return sorted((self.home / ".config").rglob("*"))


def _first_child(process: int) -> int:
    return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])
