"""What the measurements were made on: the machine and the versions of all that took part."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from importlib.metadata import version
from pathlib import Path

from benchmarks.results import Machine


def this_machine() -> Machine:
    """The machine that this runs on, as far as /proc tells."""
    processor = re.search(r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    memory = re.search(r"^MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    return Machine(
        processor=processor[1] if processor else platform.machine(),
        cores=os.cpu_count() or 1,
        memory_gib=round(int(memory[1]) / 1024**2) if memory else 0,
        system=f"Linux {platform.release()}",
    )


def our_versions() -> dict[str, str]:
    """Passerelle's version, with the commit where there is one, and Python's."""
    commit = _said("git", "-C", str(Path(__file__).parent), "rev-parse", "--short", "HEAD")
    ours = version("passerelle")
    return {"Passerelle": f"{ours} ({commit})" if commit else ours, "Python": platform.python_version()}


def their_versions(programs: Path) -> dict[str, str]:
    """The versions of the other software."""
    said = _said(str(programs / "python"), "-c", _ASK).split()
    return {"vdirsyncer": said[0], "Radicale": said[1]}


_ASK = "from importlib.metadata import version; print(version('vdirsyncer'), version('radicale'))"


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
