"""A private desktop session for Akonadi: its own home, D-Bus and processes, all gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.support.waiting import eventually

MARK: Final = "PASSERELLE_INTEROP_SANDBOX"
DESKTOP_VARIABLES: Final = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "LD_PRELOAD")
AGENT: Final = "akonadi_openxchange_resource"
AGENT_DESCRIPTIONS: Final = Path("/usr/share/akonadi/agents")
DEFAULT_RESOURCES: Final = Path("/usr/share/akonadi/firstrun")
START_PATIENCE_S: Final = 60
# Started beforehand: when two of KDE's HTTP workers have the first of these started at the same moment, as
# the resource's first two requests do, one of them now and then waits for its answer for ever.
KIO_SERVICES: Final = ("org.kde.kpasswdserver", "org.kde.kcookiejar5")


class PeerError(Exception):
    """Akonadi did not do what it was asked to; the message ends with the last lines of its log."""


class Sandbox:
    """The directory, the environment and the processes of one headless desktop session.

    Every process that it starts, and every process that those start, carries a mark of its own in the
    environment; by this mark, never by a name, they are found and ended.
    """

    def __init__(self, shim: Path, zone: str) -> None:
        """Prepares the files; nothing runs yet.

        Args:
            shim: the library that is preloaded into the Open-Xchange resource, and into nothing else.
            zone: name of the time zone that the session is in.
        """
        self.root = Path(tempfile.mkdtemp(prefix="passerelle-akonadi-"))
        self.environment = _environment(self.root, zone)
        self._children: list[subprocess.Popen[bytes]] = []
        _write_files(self.root, self.environment, shim)

    def start(self) -> None:
        """Starts D-Bus and Akonadi; returns when Akonadi serves clients and knows the resource.

        Raises:
            PeerError: one of them did not come up.
        """
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self._start_bus()
        self._children.append(self.popen(["akonadi_control"], stdin=subprocess.DEVNULL))
        self.wait_for(self._is_up, "Akonadi is up", patience_s=START_PATIENCE_S)
        for service in KIO_SERVICES:
            self.dbus("org.freedesktop.DBus", "/", "org.freedesktop.DBus.StartServiceByName", service, "0")

    def stop(self) -> None:
        """Ends every process of the session, asking before killing, and removes its directory."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._all_gone_after(number):
                break
        for child in self._children:
            child.wait(timeout=10)
        shutil.rmtree(self.root, ignore_errors=True)

    def popen(self, command: list[str], *, stdin: int, stdout: int | None = None) -> subprocess.Popen[bytes]:
        """Starts a program inside the session; what it writes goes to the session's log unless piped."""
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command,
                env=self.environment,
                stdin=stdin,
                stdout=log if stdout is None else stdout,
                stderr=log,
            )

    def dbus(self, *words: str) -> str:
        """Calls a method over the private D-Bus and returns what it answers.

        Raises:
            PeerError: there is no such service or method, or it failed.
        """
        answer = self._qdbus(*words)
        if answer.returncode:
            raise self.error(f"D-Bus call {words[:3]} failed: {answer.stderr or answer.stdout}")
        return answer.stdout.strip()

    def has_service(self, name: str) -> bool:
        """Tells whether a service of that name is on the private D-Bus."""
        return name in self._qdbus().stdout.split()

    def wait_for(self, condition: Callable[[], bool], what: str, *, patience_s: float) -> None:
        """Waits until the condition holds.

        Raises:
            PeerError: it did not within `patience_s` seconds.
        """
        try:
            eventually(condition, what, patience_s=patience_s)
        except AssertionError as error:
            raise self.error(str(error)) from error

    def error(self, reason: str) -> PeerError:
        """Makes an error that shows the end of the session's log."""
        log = self.log.read_text(errors="replace") if self.log.exists() else ""
        return PeerError(f"{reason}\n--- the end of Akonadi's log ---\n{log[-3000:]}")

    @property
    def log(self) -> Path:
        """The file into which all programs of the session write what they have to say."""
        return self.root / "session.log"

    def _qdbus(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["qdbus", *words], env=self.environment, capture_output=True, text=True, timeout=30, check=False
        )

    def _start_bus(self) -> str:
        bus = self.popen(
            ["dbus-daemon", "--session", "--nofork", "--print-address"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        self._children.append(bus)
        if bus.stdout is None:
            raise self.error("the pipe to dbus-daemon is missing")
        with bus.stdout as pipe:
            address = pipe.readline().decode().strip()
        if not address:
            raise self.error("dbus-daemon did not start")
        return address

    def _is_up(self) -> bool:
        if not self.has_service("org.freedesktop.Akonadi"):
            return False
        kinds = self._qdbus("org.freedesktop.Akonadi.Control", "/AgentManager", "agentTypes")
        return AGENT in kinds.stdout.split()

    def _all_gone_after(self, number: signal.Signals) -> bool:
        for pid in self._processes():
            _send(pid, number)
        try:
            eventually(lambda: not self._processes(), "the session's processes end", patience_s=5)
        except AssertionError:
            return False
        return True

    def _processes(self) -> list[int]:
        """The living processes that carry the mark; an ended one that is not yet reaped shows none."""
        for child in self._children:
            child.poll()
        mark = f"{MARK}={self.root}".encode()
        numbers = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
        return [pid for pid in numbers if pid != os.getpid() and mark in _environment_of(pid)]


def _environment(root: Path, zone: str) -> dict[str, str]:
    """A home and a session of its own, in English."""
    inherited = {name: value for name, value in os.environ.items() if name not in DESKTOP_VARIABLES}
    home = root / "home"
    return inherited | {
        MARK: str(root),
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / "config"),
        "XDG_DATA_HOME": str(home / "data"),
        "XDG_CACHE_HOME": str(home / "cache"),
        "XDG_RUNTIME_DIR": str(root / "run"),
        "QT_QPA_PLATFORM": "offscreen",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": zone,
    }


def _write_files(root: Path, environment: dict[str, str], shim: Path) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        Path(environment[name]).mkdir(parents=True, mode=0o700)
    config = Path(environment["XDG_CONFIG_HOME"])
    (config / "akonadi").mkdir()
    (config / "akonadi" / "akonadiserverrc").write_text("[%General]\nDriver=QSQLITE3\n")
    (config / "akonadi-firstrunrc").write_text(_no_default_resources())
    # Without this, a refused password would open KDE's wallet, and that a dialog nobody can see.
    (config / "kwalletrc").write_text("[Wallet]\nEnabled=false\n")
    _describe_agents(Path(environment["XDG_DATA_HOME"]) / "akonadi" / "agents", _write_wrapper(root, shim))


def _no_default_resources() -> str:
    """Tells Akonadi that what it gives to every new user is made already: it only costs time here."""
    names = (entry.name for entry in DEFAULT_RESOURCES.iterdir())
    return "[ProcessedDefaults]\n" + "".join(f"{name}=none\n" for name in names)


def _write_wrapper(root: Path, shim: Path) -> Path:
    """A program that starts Debian's resource with the shim."""
    wrapper = root / AGENT
    wrapper.write_text(f'#!/bin/sh\nLD_PRELOAD="{shim}" exec /usr/bin/{AGENT} "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


def _describe_agents(directory: Path, wrapper: Path) -> None:
    """Describes some agents anew in the user's data directory, which wins over the system's.

    This makes Akonadi start our wrapper (in PATH it would never be found, for Akonadi puts /usr/bin first),
    and no agent by itself.
    """
    directory.mkdir(parents=True)
    for description in AGENT_DESCRIPTIONS.glob("*.desktop"):
        given = description.read_text()
        wanted = given.replace(",Autostart", "").replace(f"Exec={AGENT}", f"Exec={wrapper}")
        if wanted != given:
            (directory / description.name).write_text(wanted)


def _environment_of(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        # The process ended while we looked, or belongs to another user: not one of ours.
        return []


def _send(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        # It ended by itself in the meantime.
        return
