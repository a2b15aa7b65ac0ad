"""A server whose rows are in PostgreSQL is administered like any other."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from passerelle.model.errors import Misconfigured
from tests import postgresql
from tests.cli.conftest import Command

pytestmark = pytest.mark.postgresql


def test_users_are_kept_in_the_database_that_the_server_was_made_with(command: Command, tmp_path: Path) -> None:
    binaries = postgresql.programs()
    if binaries is None:
        pytest.skip("PostgreSQL is not installed (Debian package postgresql)")
    office = tmp_path / "office"
    with postgresql.running(binaries) as database:
        url = database.url(database.new_database())
        assert command("server", "init", "--data", office, "--database", url).code == 0
        words = ("--name", "Anna Weber", "--email", "anna@example.org", "--password-stdin")
        assert command("server", "user", "add", "anna", *words, "--data", office, stdin="secret\n").code == 0
        assert "Anna Weber" in command("server", "user", "list", "--data", office).out
        assert command("server", "init", "--data", office).code == Misconfigured.exit_code
    assert not (office / "passerelle.db").exists()
    assert stat.S_IMODE((office / "database.url").stat().st_mode) == 0o600
