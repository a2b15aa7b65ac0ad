"""``server check`` tells what is wrong, and puts right what can be."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from passerelle.cli.server.checking import FOUND
from tests.cli.conftest import Command


def spoil(office: Path, statement: str) -> None:
    with closing(sqlite3.connect(office / "passerelle.db", isolation_level=None)) as connection:
        connection.execute(statement)


def test_a_sound_server_is_told_to_be_well(command: Command, office: Path) -> None:
    outcome = command("server", "check", "--data", office)
    assert (outcome.code, outcome.out) == (0, "All is well.\n")


def test_what_is_wrong_is_shown_and_put_right_on_demand(command: Command, office: Path) -> None:
    spoil(office, "UPDATE items SET kind = 'task'")
    outcome = command("server", "check", "--data", office)
    assert outcome.code == FOUND
    assert "item 1" in outcome.out
    assert "--repair" in outcome.out
    outcome = command("server", "check", "--repair", "--data", office)
    assert outcome.code == 0
    assert "All of it was put right." in outcome.out
    assert command("server", "check", "--data", office).code == 0


def test_what_cannot_be_repaired_is_left_and_told(command: Command, office: Path) -> None:
    spoil(office, "UPDATE items SET content = 'x'")
    outcome = command("server", "check", "--repair", "--data", office)
    assert outcome.code == FOUND
    assert "backup" in outcome.out
    assert "finding is left" in outcome.out


def test_scripts_get_json(command: Command, office: Path) -> None:
    spoil(office, "UPDATE items SET kind = 'task'")
    outcome = command("server", "check", "--repair", "--json", "--data", office)
    assert outcome.json() == {
        "found": [
            {
                "rule": "columns",
                "where": "item 1",
                "what": "Columns disagree with the content: kind.",
                "remedy": "Derive it anew from what is stored, and tell clients of the change.",
                "repairable": True,
            }
        ],
        "left": [],
    }
