"""``server stats`` tells how much there is, and nothing of what it is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from tests.cli.conftest import PLANS, Command


def test_all_that_there_is_is_counted(command: Command, office: Path, tmp_path: Path) -> None:
    plans = tmp_path / "plans.ics"
    plans.write_text(PLANS)
    assert command("server", "import", "--user", "anna", plans, "--data", office).code == 0
    told = msgspec.json.decode(command("server", "stats", "--json", "--data", office).out, type=dict[str, Any])
    store = told["store"]
    assert (store["users"], store["items"], store["database"]) == (1, {"appointment": 1, "contact": 1}, "sqlite")
    assert store["recent_users"] == 2  # the system that made the server, and anna
    assert store["database_bytes"] > 100_000
    assert told["last_backup"] is None


def test_the_last_backup_is_remembered(command: Command, office: Path, tmp_path: Path) -> None:
    assert "never" in command("server", "stats", "--data", office).out
    assert command("server", "backup", tmp_path / "office.zip", "--data", office).code == 0
    assert "never" not in command("server", "stats", "--data", office).out


def test_nothing_that_users_wrote_is_shown(command: Command, office: Path) -> None:
    for words in ((), ("--json",)):
        out = command("server", "stats", *words, "--data", office).out
        assert "anna" not in out.casefold()
        assert "weber" not in out.casefold()
