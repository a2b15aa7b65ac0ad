"""``passerelle account set --conflicts``, ``conflicts``, ``history``, ``undo`` and ``restore``, as a person types them.

The server is a real one; the other side of a conflict is a second replica of the same person.
"""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from passerelle.cli.results import NEEDS_DECISION
from passerelle.model.errors import Missing, NotFound
from tests.cli.conftest import ANNA, BEN, Command
from tests.cli.connector import Person
from tests.support.commands import Server, User


def person(command: Command, served: Server, directory: Path, user: User = ANNA) -> Person:
    """Somebody at a machine of theirs, in step with the server."""
    someone = Person(command, directory)
    line = ("account", "add", served.url, "--login", user.login, "--password-stdin", "--zone", "Europe/Berlin")
    someone.does(*line, stdin=user.password + "\n")
    someone.does("sync")
    return someone


@pytest.fixture
def anna(command: Command, served: Server, tmp_path: Path) -> Person:
    return person(command, served, tmp_path / "desk")


@pytest.fixture
def laptop(command: Command, served: Server, tmp_path: Path) -> Person:
    return person(command, served, tmp_path / "laptop")


def number_of(someone: Person, title: str, folder: str = "Tasks") -> str:
    return str(next(one["id"] for one in someone.lists(folder) if one["title"] == title))


def clash(anna: Person, laptop: Person, title: str) -> str:
    """A task whose note and title anna changed at both machines; return its number at the desk."""
    anna.adds("task", title)
    anna.does("sync")
    laptop.does("sync")
    number = number_of(anna, title)
    laptop.does("edit", number_of(laptop, title), "--set", "note=from the laptop", "--set", f"title={title} there")
    laptop.does("sync")
    anna.does("edit", number, "--set", "note=from the desk", "--set", f"title={title} here")
    return number


def test_an_account_that_asks_shows_both_sides_and_waits_for_the_decision(anna: Person, laptop: Person) -> None:
    assert anna.types("account", "set", ANNA.login).code == Missing.exit_code
    anna.does("account", "set", ANNA.login, "--conflicts", "ask")
    assert "ask" in anna.does("account", "show", ANNA.login)
    number = clash(anna, laptop, "Report")
    assert anna.types("sync").code == NEEDS_DECISION
    assert "conflicts list" in anna.types("status").out
    shown = anna.does("conflicts", "list")
    for value in ("from the desk", "from the laptop", "Report here", "Report there"):
        assert value in shown
    found = msgspec.json.decode(anna.does("conflicts", "list", "--json"), type=list[dict[str, object]])
    which = str(found[0]["id"])
    assert "from the desk" in anna.does("conflicts", "show", which)
    assert anna.types("conflicts", "decide", which, "mine", "--field", "due").code == NotFound.exit_code
    anna.does("conflicts", "decide", which, "mine", "--field", "note")
    anna.does("conflicts", "decide", which, "server")
    assert anna.types("conflicts", "show", which).code == NotFound.exit_code
    anna.does("sync")
    laptop.does("sync")
    assert anna.sees(number)["title"] == "Report there"
    assert laptop.sees(number_of(laptop, "Report there"))["note"] == "from the desk"


def test_the_side_that_an_account_prefers_stays(anna: Person, laptop: Person) -> None:
    anna.does("account", "set", ANNA.login, "--conflicts", "mine")
    clash(anna, laptop, "Plan")
    assert "Plan here" in anna.types("sync").out
    laptop.does("sync")
    assert laptop.sees(number_of(laptop, "Plan here"))["note"] == "from the desk"


def test_the_history_tells_what_happened_and_undo_takes_it_back(anna: Person, laptop: Person) -> None:
    number = clash(anna, laptop, "Order")
    anna.does("sync")
    lately = anna.does("history", "Tasks", "--details")
    assert "What is on the server stays" in lately
    assert "from the desk" in lately
    events = msgspec.json.decode(anna.does("history", number, "--json"), type=list[dict[str, object]])
    decided = next(event for event in events if event["what"] == "decided")
    assert "Order here" in anna.does("undo", str(decided["number"]))
    anna.does("sync")
    laptop.does("sync")
    assert laptop.sees(number_of(laptop, "Order here"))["note"] == "from the desk"
    anna.does("undo")
    assert anna.sees(number)["title"] == "Order there"


def test_a_deleted_item_is_found_in_the_history_and_restored(anna: Person, laptop: Person) -> None:
    anna.adds("task", "Precious")
    anna.does("sync")
    laptop.does("sync")
    laptop.does("delete", number_of(laptop, "Precious"))
    laptop.does("sync")
    anna.does("sync")
    events = msgspec.json.decode(anna.does("history", "--json"), type=list[dict[str, object]])
    number = str(next(event["item"] for event in events if event["title"] == "Precious"))
    assert "deleted on the server" in anna.does("history", number)
    assert anna.types("restore", number, "--version", "99").code == NotFound.exit_code
    anna.does("restore", number)
    anna.does("sync")
    laptop.does("sync")
    assert number_of(laptop, "Precious")
    assert anna.types("history", "999999").code == NotFound.exit_code
    assert anna.types("undo", "999999").code == NotFound.exit_code


def test_who_takes_back_that_they_left_a_meeting_is_told_that_it_is_their_own_now(
    anna: Person, command: Command, served: Server, tmp_path: Path
) -> None:
    anna.adds("appointment", "Shared plan", "--start", "2026-12-01T09:00", "--participant", BEN.email)
    anna.does("sync")
    ben = person(command, served, tmp_path / "ben", BEN)
    number = number_of(ben, "Shared plan", "Calendar")
    ben.does("delete", number)
    assert "an entry of your own now" not in ben.does("undo")
    ben.does("delete", number)
    ben.does("sync")
    assert "an entry of your own now" in ben.does("undo")
    ben.does("sync")
    anna.does("sync")
    assert [one["title"] for one in anna.lists("Calendar")].count("Shared plan") == 1
