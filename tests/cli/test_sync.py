"""``passerelle sync`` of several accounts and with --watch, against servers that come and go."""

from __future__ import annotations

import signal
from functools import partial
from pathlib import Path

import pytest

from passerelle.groupware.provision import set_password
from passerelle.model.errors import Misconfigured, Unreachable
from passerelle.store import Store
from tests.cli.conftest import ANNA, BEN, Command
from tests.cli.connector import Person, mapping, part
from tests.support.commands import Server, User, watching
from tests.support.waiting import eventually


@pytest.fixture
def fleeting(tmp_path: Path) -> Server:
    """A second server, not yet started; ben is on it."""
    server = Server(tmp_path / "fleeting", zone="Europe/Berlin")
    server.add_user(BEN)
    return server


@pytest.fixture
def person(command: Command, tmp_path: Path) -> Person:
    """Somebody without an account yet."""
    return Person(command, tmp_path / "accounts")


def add(person: Person, server: Server, user: User, name: str) -> None:
    words = ("account", "add", server.url, "--login", user.login, "--name", name, "--password-stdin")
    person.does(*words, "--zone", "Europe/Berlin", stdin=user.password + "\n")


# --- several accounts ---


def test_an_account_that_cannot_be_reached_does_not_keep_the_others_from_their_turn(
    person: Person, served: Server, fleeting: Server
) -> None:
    with fleeting:
        add(person, fleeting, BEN, "a gone one")
    add(person, served, ANNA, "work")
    outcome = person.types("sync")
    assert outcome.code == Unreachable.exit_code
    assert outcome.err.startswith("passerelle: a gone one: ")
    assert "work: " in outcome.out
    assert "Yoga" in person.does("list", "Calendar", "--account", "work")

    told = person.types("sync", "--json")
    found = told.json()
    assert isinstance(found, dict)
    assert told.code == Unreachable.exit_code
    assert part(found, "a gone one")["exit_code"] == Unreachable.exit_code
    assert part(found, "work")["total"] == 0
    assert mapping(person.types("sync", "--account", "work", "--json")).keys() == {"work"}


# --- watching ---


def said(log: Path, text: str) -> bool:
    return log.exists() and text in log.read_text()


def test_a_log_is_for_watching_only(person: Person, tmp_path: Path) -> None:
    outcome = person.types("sync", "--log", str(tmp_path / "log"))
    assert (outcome.code, "--watch" in outcome.err) == (Misconfigured.exit_code, True)
    assert not (tmp_path / "log").exists()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_watching_ends_cleanly_when_it_is_asked_to(
    person: Person, served: Server, tmp_path: Path, how: signal.Signals
) -> None:
    add(person, served, ANNA, "work")
    log = tmp_path / "log"
    with watching(person.data, log) as process:
        eventually(lambda: said(log, "changes; "), "the first cycle is over", patience_s=30)
        process.send_signal(how)
        assert process.wait(timeout=30) == 0
    assert log.read_text().endswith("Stopped.\n")
    assert "Traceback" not in log.read_text()
    assert "nothing to do" in person.does("sync")


def test_watching_survives_a_server_that_goes_away_and_comes_back(
    person: Person, fleeting: Server, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with fleeting:
        add(person, fleeting, BEN, "home")
        person.does("sync")
    with watching(person.data, tmp_path / "terminal", "--log", str(log)):
        eventually(lambda: said(log, "Trying again in"), "the server is missed", patience_s=30)
        person.adds("task", "Made while it was away")
        with fleeting:
            eventually(lambda: said(log, "1 change; "), "what waited is sent", patience_s=60)
            other = Person(person.command, tmp_path / "other")
            add(other, fleeting, BEN, "home")
            other.does("sync")
    assert [one["title"] for one in other.lists("Tasks")] == ["Made while it was away"]
    assert (tmp_path / "terminal").read_bytes() == b""


def test_watching_asks_for_the_new_password_and_goes_on_with_it(
    person: Person, fleeting: Server, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with fleeting:
        add(person, fleeting, BEN, "home")
        person.does("sync")
        with Store.open(tmp_path / "fleeting" / "server") as store:
            set_password(store, BEN.login, "another secret")
        with watching(person.data, log):
            eventually(lambda: said(log, "account password home"), "the password is asked for", patience_s=30)
            person.adds("task", "Made meanwhile")
            person.does("account", "password", "home", "--password-stdin", stdin="another secret\n")
            eventually(lambda: said(log, "1 change; "), "what waited is sent", patience_s=30)
        assert log.read_text().count("account password home") == 1


def test_an_edit_here_is_sent_and_an_edit_there_is_fetched_without_anybody_asking(
    person: Person, fleeting: Server, tmp_path: Path
) -> None:
    other = Person(person.command, tmp_path / "other")
    with fleeting:
        for one in (person, other):
            add(one, fleeting, BEN, "home")
            one.does("sync")
        first, second = tmp_path / "first", tmp_path / "second"
        with watching(person.data, first), watching(other.data, second):
            for title in ("Bread", "Cheese", "Wine"):
                person.adds("task", title)
                eventually(partial(titled, other, title), f"the other has {title}", patience_s=20)


def test_an_account_is_watched_as_soon_as_it_is_added_without_a_restart(
    person: Person, served: Server, fleeting: Server, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with fleeting:
        add(person, served, ANNA, "work")
        with watching(person.data, log):
            eventually(lambda: said(log, "work: "), "the first is in step", patience_s=30)
            add(person, fleeting, BEN, "home")
            eventually(lambda: said(log, "home: "), "so is the second, without a restart", patience_s=30)


def test_nobody_else_watches_what_is_watched_but_may_synchronise_it(
    person: Person, served: Server, tmp_path: Path
) -> None:
    add(person, served, ANNA, "work")
    log = tmp_path / "log"
    with watching(person.data, log):
        eventually(lambda: said(log, "changes; "), "the first cycle is over", patience_s=30)
        refused = person.types("sync", "--watch")
        assert refused.code == Unreachable.exit_code
        assert "watched by another process" in refused.err
        assert "nothing to do" in person.does("sync")


def titled(person: Person, title: str) -> bool:
    return any(one["title"] == title for one in person.lists("Tasks"))
