"""A server is saved in one file and comes back from it, into SQLite or PostgreSQL."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from passerelle.model.errors import Misconfigured
from tests import postgresql
from tests.cli.conftest import PLANS, Command


@pytest.fixture
def saved(command: Command, office: Path, tmp_path: Path) -> Path:
    plans = tmp_path / "plans.ics"
    plans.write_text(PLANS)
    assert command("server", "import", "--user", "anna", plans, "--data", office).code == 0
    target = tmp_path / "office.zip"
    outcome = command("server", "backup", target, "--data", office)
    assert outcome.code == 0
    assert str(target) in outcome.out
    return target


def test_a_restored_server_is_the_same(command: Command, office: Path, saved: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    outcome = command("server", "restore", saved, "--data", again)
    assert outcome.code == 0
    assert "Restored the backup of" in outcome.out
    export = ("server", "export", "Calendar", "--user", "anna", "--data")
    assert command(*export, again).out == command(*export, office).out
    assert command("server", "check", "--data", again).code == 0


@pytest.mark.postgresql
def test_a_server_moves_from_sqlite_to_postgresql(command: Command, saved: Path, tmp_path: Path) -> None:
    binaries = postgresql.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    again = tmp_path / "again"
    with postgresql.running(binaries) as database:
        url = database.url(database.new_database())
        assert command("server", "restore", saved, "--data", again, "--database", url).code == 0
        assert "Anna Weber" in command("server", "user", "list", "--data", again).out
        assert command("server", "check", "--data", again).code == 0
        assert command("server", "restore", saved, "--data", again, "--database", url).code == Misconfigured.exit_code
    assert stat.S_IMODE((again / "database.url").stat().st_mode) == 0o600


def test_nothing_is_restored_over_a_server(command: Command, office: Path, saved: Path) -> None:
    outcome = command("server", "restore", saved, "--data", office)
    assert outcome.code == Misconfigured.exit_code
    assert "already" in outcome.err


def test_a_backup_is_never_overwritten(command: Command, office: Path, saved: Path) -> None:
    before = saved.read_bytes()
    assert command("server", "backup", saved, "--data", office).code == Misconfigured.exit_code
    assert saved.read_bytes() == before


def test_others_may_not_read_a_backup(saved: Path) -> None:
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600


def test_what_is_no_backup_makes_no_server(command: Command, tmp_path: Path) -> None:
    text = tmp_path / "letter.txt"
    text.write_text("Dear administrator")
    outcome = command("server", "restore", text, "--data", tmp_path / "again")
    assert outcome.code == Misconfigured.exit_code
    assert not (tmp_path / "again").exists()
