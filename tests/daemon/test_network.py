"""A machine that joins a network: what the kernel tells, in a network namespace of the test's own."""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys

import pytest

from passerelle.daemon.network import LONGEST_BURST_S, QUIET_S, Burst, Told, told

SCRIPT = """
import subprocess, sys, threading
from passerelle.daemon.watching import FileWatch

woken = threading.Semaphore(0)
def ip(words): subprocess.run(["ip", *words.split()], check=True)

with FileWatch().running(woken.release):
    ip("link set lo up")
    print("joined nothing:", woken.acquire(timeout=1.0))
    for number in range(20):
        ip(f"address add 10.9.8.{number}/24 dev lo")
    print("joined:", woken.acquire(timeout=10))
    print("more than once:", woken.acquire(timeout=1.0))
    ip("address change 10.9.8.1/24 dev lo valid_lft 600 preferred_lft 600")
    print("renewed:", woken.acquire(timeout=1.0))
    ip("address del 10.9.8.1/24 dev lo")
    print("left:", woken.acquire(timeout=1.0))
    ip("route add default dev lo")
    print("joined again:", woken.acquire(timeout=10))
"""
ALONE = ["unshare", "--map-root-user", "--net", "--"]


def impossible() -> str:
    missing = [tool for tool in ("unshare", "ip") if shutil.which(tool) is None]
    if missing:
        return f"needs {', '.join(missing)} (Debian: util-linux, iproute2)"
    tried = subprocess.run([*ALONE, "ip", "link"], capture_output=True, text=True, check=False)
    return f"no network namespace here: {tried.stderr.strip()}" if tried.returncode else ""


def test_joining_a_network_is_noticed_once_and_its_renewals_are_not() -> None:
    if reason := impossible():
        pytest.skip(reason)
    done = subprocess.run(
        [*ALONE, sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "joined nothing: False",
        "joined: True",
        "more than once: False",
        "renewed: False",
        "left: False",
        "joined again: True",
    ]


def test_a_network_that_never_comes_to_rest_is_believed_after_a_while() -> None:
    burst, now, over = Burst(), 100.0, []
    while now < 100 + LONGEST_BURST_S + 1:
        burst.take(Told(now, is_there=True), now)
        over.append(burst.is_over(now))
        now += QUIET_S / 2
    assert over.count(True) == 1


@pytest.mark.parametrize("length", [0, 15, 16, 17, 2**31])
def test_a_damaged_message_is_no_news(length: int) -> None:
    assert list(told(struct.pack("=IHHII", length, 20, 0, 0, 0) + b"\1")) == []
