"""What a connector loads: its start is most of what a cycle with nothing to do costs, so it is kept small."""

from __future__ import annotations

import subprocess
import sys

import pytest

from passerelle.cli.program import USAGE
from tests.support.commands import PROGRAM

_WITHOUT = {
    "passerelle.groupware.session": "the rules of everything that a person can do",
    "passerelle.server": "the server",
    "passerelle.peers.outlook": "Outlook, where it does not show the account",
    "alembic": "migrations",
    "psycopg": "PostgreSQL",
    "argon2": "passwords of a server's users",
    "structlog": "a server's log, and rich with it",
    "rich": "tables and progress",
    "PIL": "pictures",
    "keyring": "the system's keyring, where the password lies in a file",
    "icalendar": "calendar files",
}
"""What a cycle in the background does without, and why it would be loaded."""


@pytest.mark.parametrize("module", _WITHOUT)
def test_a_cycle_in_the_background_does_not_load(module: str, loaded: frozenset[str]) -> None:
    assert "passerelle.sync.cycle" in loaded
    assert module not in loaded


@pytest.fixture(scope="module")
def loaded() -> frozenset[str]:
    program = "import sys, passerelle.cli.cycling, passerelle.cli.syncing; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return frozenset(answer.stdout.split())


@pytest.mark.parametrize(("words", "code"), [("--version", 0), ("nonsense", USAGE)])
def test_without_anything_to_write_to_it_does_its_work(words: str, code: int) -> None:
    """As Windows starts it without a window."""
    assert subprocess.run(["sh", "-c", f'exec "$0" {words} >&- 2>&-', PROGRAM], check=False).returncode == code
