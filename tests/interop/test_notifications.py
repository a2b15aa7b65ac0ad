"""Warnings on a real session bus, shown by dunst on a screen that nobody sees."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

MISSING = [name for name in ("dbus-run-session", "dunst", "Xvfb") if shutil.which(name) is None]
SCRIPT = """
import json, subprocess, sys
from passerelle.desktop.notifications import Notifications
from passerelle.daemon.alerts.matters import conflicts_wait

def asked(*words): return subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip()
def count(): return int(asked("dunstctl", "count", "displayed")) + int(asked("dunstctl", "count", "waiting"))

screen = Notifications()
first = screen.show("anna & ben", conflicts_wait(1), 0)
print(first > 0, count())
again = screen.show("anna & ben", conflicts_wait(2), first)
print(again == first, count())
screen.withdraw(again)
print(count())
for entry in json.loads(asked("dunstctl", "history"))["data"][0]:
    print(entry["summary"]["data"], "|", entry["body"]["data"])
"""
SESSION = """
exec 3>display
Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp >/dev/null 2>&1 & xvfb=$!
trap 'kill $dunst $xvfb' EXIT
until [ -s display ]; do sleep 0.05; done
DISPLAY=:$(cat display) dunst -conf dunstrc >dunst.log 2>&1 & dunst=$!
until dunstctl is-paused >/dev/null 2>&1; do kill -0 $dunst || exit 3; sleep 0.05; done
"$@"
"""


def in_session(directory: Path, script: str, *, language: str) -> list[str]:
    """What a program prints that runs on a desktop with notifications."""
    (directory / "dunstrc").write_text("[global]\n")
    environment = {**os.environ, "PASSERELLE_LANGUAGE": language, "PYTHONIOENCODING": "utf-8"}
    command = ["dbus-run-session", "--", "bash", "-c", SESSION, "session", sys.executable, "-c", script]
    done = subprocess.run(
        command, cwd=directory, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)} (Debian: dbus, dunst, xvfb)")
def test_the_desktop_shows_a_warning_in_the_users_language_replaces_it_and_takes_it_away(tmp_path: Path) -> None:
    assert in_session(tmp_path, SCRIPT, language="de") == [
        "True 1",
        "True 1",
        "0",
        (
            "Passerelle: anna & ben | 2 Einträge wurden hier und auf dem Server geändert. Entscheiden Sie auf der "
            "Seite „Wartet auf Sie“ oder mit: passerelle conflicts list"
        ),
    ]


@pytest.mark.skipif("dbus-run-session" in MISSING, reason="needs dbus-run-session (Debian: dbus)")
@pytest.mark.parametrize("bus", ["none", "nobody"])
def test_without_anybody_who_shows_warnings_the_daemon_goes_on(tmp_path: Path, bus: str) -> None:
    code = (
        "from passerelle.desktop.notifications import Notifications as N\n"
        "print('number', N().show('anna', 'x', 0)); N().withdraw(1)"
    )
    command = [sys.executable, "-c", code] if bus == "none" else ["dbus-run-session", "--", sys.executable, "-c", code]
    environment = {name: value for name, value in os.environ.items() if name != "DBUS_SESSION_BUS_ADDRESS"}
    environment |= {"XDG_RUNTIME_DIR": str(tmp_path), "XDG_DATA_DIRS": str(tmp_path), "HOME": str(tmp_path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "number 0" in done.stdout
