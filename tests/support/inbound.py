"""The LMTP service as its users run it: in a process of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.announcing import address_of
from tests.support.commands import PROGRAM


class Inbound:
    """A service on a server's directory; a context manager. ``address`` is where it listens."""

    def __init__(self, data: Path, *words: str, lmtp: str = "127.0.0.1:0") -> None:
        self._words = [str(PROGRAM), "server", "inbound", "--data", str(data), "--lmtp", lmtp, *words]
        handle, name = tempfile.mkstemp(prefix="inbound-", suffix=".log", dir=data.parent)
        os.close(handle)
        self._log = Path(name)

    def __enter__(self) -> Self:
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(self._words, stdout=log, stderr=log)
        self.address = address_of(self.process, self._log)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        code = self.stop()
        assert code == 0, f"the service ended with {code}:\n{self.log()}"

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])

    def stop(self) -> int:
        """Asks the service to stop; returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def log(self) -> str:
        """What the service wrote so far."""
        return self._log.read_text(errors="replace")
