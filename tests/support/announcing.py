"""Services that say on a line of their log where they listen."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

from tests.support.waiting import eventually

READY: Final = "listening on "


def address_of(process: subprocess.Popen[bytes], log: Path) -> str:
    """Waits until the service listens, and returns where. One that does not come to it is ended.

    Raises:
        AssertionError: it ended, or did not listen in time; the message has its log.
    """
    try:
        return eventually(lambda: announced(process, log), "the service says where it listens", patience_s=60)
    except AssertionError as error:
        process.kill()
        process.wait()
        raise AssertionError(f"{error}; its log:\n{log.read_text(errors='replace')}") from error


def announced(process: subprocess.Popen[bytes], log: Path, said: str = READY) -> str:
    """The address on the first line of the log that begins so; empty while there is none.

    Raises:
        AssertionError: the service ended.
    """
    written = log.read_text(errors="replace")
    assert process.poll() is None, f"the service ended at once:\n{written}"
    return next((line.removeprefix(said).strip() for line in written.splitlines() if line.startswith(said)), "")
