"""Passwords in a real keyring: that of GNOME, over a session bus of its own, as a desktop has it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

MISSING = [name for name in ("dbus-run-session", "gnome-keyring-daemon") if shutil.which(name) is None]
pytestmark = pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)} (Debian: dbus, gnome-keyring)")

UNLOCKED = "printf 'desktop login' | gnome-keyring-daemon --unlock --components=secrets"
LOCKED = "gnome-keyring-daemon --start --components=secrets"
PUT = "secrets.put('anna at home', 'sécret')"
GET = "print(secrets.get('anna at home'))"
REMOVE = "secrets.remove('anna at home')"


def at_the_desktop(home: Path, daemon: str, *uses: str) -> str:
    """Use the passwords of a directory in a session of its own; what was printed, or what was complained of."""
    home.mkdir(exist_ok=True)
    runtime = tempfile.mkdtemp(dir=home)  # another each time: the daemon of the session before may still be ending
    code = "\n".join(
        (
            "from pathlib import Path",
            "from passerelle.model.errors import Misconfigured",
            "from passerelle.sync.accounts.secrets import secrets_of",
            f"secrets = secrets_of(Path({str(home / 'accounts')!r}))",
            "try:",
            *(f"    {use}" for use in uses),
            "except Misconfigured as error:",
            "    print(error)",
        )
    )
    script = f'{daemon} >/dev/null 2>&1; exec "$0" -c "$1"'
    environment = {**os.environ, "HOME": str(home), "XDG_RUNTIME_DIR": runtime, "PYTHONIOENCODING": "utf-8"}
    for name in ("XDG_DATA_HOME", "PYTHON_KEYRING_BACKEND"):
        environment.pop(name, None)
    command = ["dbus-run-session", "--", "sh", "-c", script, sys.executable, code]
    answer = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return answer.stdout.strip()


def test_a_password_lies_in_the_keyring_through_logins_and_in_no_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert at_the_desktop(home, UNLOCKED, PUT, GET) == "sécret"
    assert at_the_desktop(home, UNLOCKED, GET) == "sécret"
    assert not (home / "accounts").exists()
    assert at_the_desktop(home, UNLOCKED, REMOVE, GET, REMOVE) == "None"


def test_a_keyring_that_nobody_has_unlocked_is_told_and_keeps_its_passwords(tmp_path: Path) -> None:
    home = tmp_path / "home"
    at_the_desktop(home, UNLOCKED, PUT)
    for use in (GET, PUT, REMOVE):
        assert "Unlock it and try again" in at_the_desktop(home, LOCKED, use)
    assert at_the_desktop(home, UNLOCKED, GET) == "sécret"
    assert not (home / "accounts").exists()
