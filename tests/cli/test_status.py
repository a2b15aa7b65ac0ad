"""``passerelle status``: the truth about each account, with a daemon and without one, for people and for monitors."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from passerelle.groupware.provision import set_password
from passerelle.model.errors import Unauthenticated, Unreachable
from passerelle.store import Store
from passerelle.sync.accounts.lines import login_key
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.successes import successes
from tests.cli.conftest import BEN, Command
from tests.cli.connector import Person, mapping, part
from tests.cli.test_handover import daemon
from tests.cli.test_sync import add
from tests.support.commands import Server
from tests.support.waiting import eventually


@pytest.fixture
def person(command: Command, tmp_path: Path, served: Server) -> Person:
    """Somebody with the account "home" of ben, in step."""
    person = Person(command, tmp_path / "accounts")
    add(person, served, BEN, "home")
    person.does("sync")
    return person


def standing(person: Person) -> dict[str, object]:
    return part(part(person_told(person), "home"), "standing")


def person_told(person: Person) -> dict[str, object]:
    found = person.types("status", "--json").json()
    assert isinstance(found, dict)
    return found


def test_without_a_daemon_it_says_when_each_folder_was_in_step_and_that_nobody_keeps_it_so(person: Person) -> None:
    told = person.does("status")
    assert "In step (UTC)" in told
    assert "sync --watch" in told
    found = part(mapping(person.types("status", "--json")), "home")
    assert (found["is_kept"], found["is_overdue"]) == (False, False)
    folders = part(found, "status")["folders"]
    assert isinstance(folders, list)
    assert all(one["last_success"] for one in folders)


def test_with_a_daemon_it_says_how_the_server_tells_of_changes_and_what_comes_next(person: Person) -> None:
    with daemon(person) as control:
        assert "Paused since" in person.does("status")
        control.resume()
        eventually(lambda: standing(person)["push"] == "events", "push stands")
        eventually(lambda: standing(person)["state"] == "in step", "it is in step")
        told = person.does("status")
    assert "server-sent events" in told
    assert "Next look by itself: " in told


def test_an_account_that_cannot_be_reached_is_offline_since_then_and_after_some_time_overdue(person: Person) -> None:
    person.does("account", "set", "home", "--warn-after", "0")
    _move(person, "http://127.0.0.1:9")
    person.adds("task", "Bread")
    person.types("sync")
    assert "Offline since " in person.does("status")
    assert standing(person)["pending"] == 1
    assert person.types("account", "set", "home", "--warn-after", "-1").code == 3
    _age(person)
    person.does("account", "set", "home", "--warn-after", "1")
    overdue = person.types("status")
    assert overdue.code == Unreachable.exit_code
    assert "Warning: " in overdue.out
    assert part(person_told(person), "home")["is_overdue"] is True


def test_a_refused_password_is_told_with_what_to_do(command: Command, tmp_path: Path) -> None:
    server = Server(tmp_path / "fleeting", zone="Europe/Berlin")
    server.add_user(BEN)
    person = Person(command, tmp_path / "accounts")
    with server:
        add(person, server, BEN, "home")
        person.does("sync")
        with Store.open(server.data) as store:
            set_password(store, BEN.login, "another secret")
        assert person.types("sync").code == Unauthenticated.exit_code
    refused = person.types("status")
    assert refused.code == Unauthenticated.exit_code
    assert "account password home" in refused.out


def _move(person: Person, url: str) -> None:
    """Have the account's server somewhere else, where nobody is; no command would let us."""
    known = Accounts(person.data)
    password = known._password(known.get())
    account = known.change("home", lambda account: structs.replace(account, url=url))
    known._secrets.put(login_key(account.login, url), password)


def _age(person: Person) -> None:
    """Have what is known of successes be two hours older."""
    known = Accounts(person.data)
    with known.replica(known.get()) as replica, replica.store.writing(replica.membership.user, "test") as tx:
        before = successes(tx)
        assert before.whole is not None
        tx.sync.set("successes", structs.replace(before, whole=before.whole - timedelta(hours=2)))
