"""Runs the two sides of a measurement, each as a process of its own, and reads what they cost from /proc."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, Timer

from msgspec import Struct

SAMPLE_S = 0.005
"""How often the memory of a client is read; the last reading before its end counts."""
START_S = 30
STOP_S = 15
RUN_S = 1800

_PEAK = re.compile(r"^VmHWM:\s+(\d+) kB", re.MULTILINE)


class Failed(Exception):
    """A program did not do what is measured; the message holds its last words."""


class Run(Struct, frozen=True):
    """A client's run: wall time from start to exit, processor time, peak resident memory, and what it wrote."""

    seconds: float
    processor_seconds: float
    peak_mib: float
    output: str


def run_client(command: Sequence[str | Path], directory: Path, environment: Mapping[str, str], stdin: str = "") -> Run:
    """Run a program to its end.

    Raises:
        Failed: it did not exit with 0.
    """
    written = directory / "client.log"
    given = directory / "client.stdin"
    given.write_text(stdin)
    with written.open("wb") as log, given.open("rb") as source:
        before, began = _children_s(), time.perf_counter()
        process = subprocess.Popen(
            [*map(str, command)], cwd=directory, env=_environment(environment), stdin=source, stdout=log, stderr=log
        )
        limit = Timer(RUN_S, process.kill)  # waiting with a limit of its own would only look every 50 ms
        limit.start()
        with _watched(process.pid) as peaks:
            code = process.wait()
            seconds = time.perf_counter() - began
        limit.cancel()
    output = written.read_text(errors="replace")
    if code != 0:
        raise Failed(f"{Path(command[0]).name} exited with {code}: {output[-2000:]}")
    return Run(seconds, _children_s() - before, max(peaks, default=0.0), output)


class Server:
    """A server under way, whose log can be read and whose use of the machine can be counted anew."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self._process = process
        self._log = log
        self._before_s = 0.0

    @property
    def output(self) -> str:
        """All that the server has written."""
        return self._log.read_text(errors="replace")

    def wait_for(self, pattern: str) -> str:
        """Wait until the server writes what ``pattern`` finds; return its first group, or all of it.

        Raises:
            Failed: it ended, or did not write that in time.
        """
        end = time.monotonic() + START_S
        while time.monotonic() < end and self._process.poll() is None:
            found = re.search(pattern, self.output)
            if found:
                return found[found.lastindex or 0]
            time.sleep(0.02)
        raise Failed(f"The server did not start: {self.output[-2000:]}")

    def forget(self) -> None:
        """Let the peak of memory (proc(5), ``clear_refs``) and the processor time begin now."""
        Path(f"/proc/{self._process.pid}/clear_refs").write_text("5")
        self._before_s = _processor_s(self._process.pid)

    @property
    def peak_mib(self) -> float:
        """The most memory that was resident since the start or :meth:`forget`."""
        return peak_mib(self._process.pid) or 0.0

    @property
    def processor_seconds(self) -> float:
        """Processor time since the start or :meth:`forget`."""
        return _processor_s(self._process.pid) - self._before_s


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on, for servers that cannot choose one themselves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def server(command: Sequence[str | Path], directory: Path, environment: Mapping[str, str]) -> Iterator[Server]:
    """Run a server while the block lasts."""
    log = directory / "server.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            [*map(str, command)], cwd=directory, env=_environment(environment), stdout=sink, stderr=sink
        )
    try:
        yield Server(process, log)
    finally:
        process.terminate()
        try:
            process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def peak_mib(pid: int) -> float | None:
    """The peak resident memory of a process in MiB (``VmHWM``); None once it has ended."""
    try:
        found = _PEAK.search(Path(f"/proc/{pid}/status").read_text())
    except OSError:
        return None
    return int(found[1]) / 1024 if found else None


def _children_s() -> float:
    """Processor time of all clients that have ended."""
    used = os.times()
    return used.children_user + used.children_system


def _processor_s(pid: int) -> float:
    """Processor time of a process (proc(5), ``stat``: utime and stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _watched(pid: int) -> Iterator[list[float]]:
    """Collect the peak of a process while the block lasts."""
    peaks: list[float] = []
    ended = Event()

    def watch() -> None:
        while not ended.wait(SAMPLE_S):
            peak = peak_mib(pid)
            if peak is not None:
                peaks[:] = [peak]

    watcher = Thread(target=watch, name="memory")
    watcher.start()
    try:
        yield peaks
    finally:
        ended.set()
        watcher.join()


def _environment(more: Mapping[str, str]) -> dict[str, str]:
    """That of this process, without what would keep Python from using its compiled modules."""
    ours = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**ours, "LC_ALL": "C.UTF-8", "TZ": "UTC", **more}
