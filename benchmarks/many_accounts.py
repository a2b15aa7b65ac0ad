"""A process that keeps all accounts of a directory in step, as the benchmark of many accounts looks at it.

``python -m benchmarks.many_accounts DIRECTORY`` opens the accounts one after the other, brings each in step, goes round
three times with nothing to do, and prints what that took as JSON.
"""

from __future__ import annotations

import re
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import median

import msgspec
from msgspec import Struct

from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.accounts.secrets_in_file import FileSecrets

ROUNDS = 3

_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)


class Together(Struct, frozen=True, kw_only=True):
    """What the process was like: memory in MiB with one account and with all, and one idle cycle in milliseconds."""

    accounts: int
    one_mib: float
    all_mib: float
    idle_ms: float
    idle_processor_ms: float


def keep_in_step(directory: Path) -> Together:
    """Bring all accounts in step, then go round with nothing to do."""
    accounts = Accounts(directory, FileSecrets(directory))
    with ExitStack() as stack:
        pairs = []
        memory = []
        for one in accounts.all():
            replica = stack.enter_context(accounts.replica(one))
            peer = accounts.connect(one)
            stack.callback(peer.close)
            while replica.cycle(peer).total:
                pass
            pairs.append((replica, peer))
            memory.append(_resident_mib())
        spent = []
        for replica, peer in pairs * ROUNDS:
            began, before = time.perf_counter(), time.process_time()
            replica.cycle(peer)
            spent.append((time.perf_counter() - began, time.process_time() - before))
    return Together(
        accounts=len(pairs),
        one_mib=memory[0],
        all_mib=_resident_mib(),
        idle_ms=median(clock for clock, _ in spent) * 1000,
        idle_processor_ms=median(processor for _, processor in spent) * 1000,
    )


def _resident_mib() -> float:
    found = _RESIDENT.search(Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


if __name__ == "__main__":
    sys.stdout.write(msgspec.json.encode(keep_in_step(Path(sys.argv[1]))).decode())
