"""``passerelle skipped …`` and folders of one name, as a person meets them: on a server that others work on, too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import msgspec
import pytest

from passerelle.cli.results import NEEDS_DECISION
from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction, Forbidden, Invalid, Missing, NotFound, Unsafe
from passerelle.model.folders import PRIVATE, Module, Right, Rights
from passerelle.model.ids import ItemId
from passerelle.model.principals import PrincipalKind
from passerelle.model.text import Text
from passerelle.store import Skipped, Store
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.skipped.quarantine import UP
from tests.cli.conftest import ANNA, BEN, Command
from tests.cli.connector import Person, part
from tests.support.commands import Server, in_a_process, passerelle

COUNT = 24
"""More than the guard lets go unasked."""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Server]:
    """A server of anna and ben, which starts anew for each test."""
    server = Server(tmp_path / "office", zone="Europe/Berlin")
    for user in (ANNA, BEN):
        server.add_user(user)
    with server:
        yield server


@pytest.fixture
def anna(command: Command, office: Server, tmp_path: Path) -> Person:
    """Anna with an account and a calendar full of appointments."""
    office.import_text(ANNA, "many.ics", calendar(COUNT))
    person = Person(command, tmp_path / "anna")
    line = ("account", "add", office.url, "--login", ANNA.login, "--password-stdin", "--zone", "Europe/Berlin")
    person.does(*line, stdin=ANNA.password + "\n")
    person.does("sync")
    return person


def calendar(count: int) -> str:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{n}@example.org\r\nDTSTAMP:20261101T000000Z\r\nDTSTART:202612{n + 1:02}T100000Z\r\n"
        f"DTEND:202612{n + 1:02}T110000Z\r\nSUMMARY:Number {n}\r\nEND:VEVENT\r\n"
        for n in range(count)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//\r\n{events}END:VCALENDAR\r\n"


def at_server(tmp_path: Path) -> Store:
    return Store.open(tmp_path / "office" / "server")


def session(store: Store) -> Session:
    with store.reading() as tx:
        user = tx.principals.user_by_login(ANNA.login)
    assert user is not None
    return Session(store, user.id)


def empty_calendar(tmp_path: Path) -> None:
    """Somebody, or some mishap, deletes all of anna's appointments on the server."""
    with at_server(tmp_path) as store:
        there = session(store)
        folder = next(view.folder for view in there.folders().changed if view.folder.name == "Calendar")
        for record in there.changes(folder.id, Module.CALENDAR).items:
            there.delete(record.id, folder.id)


def held(person: Person) -> list[dict[str, object]]:
    told = person.types("confirm", "--json").json()
    assert isinstance(told, dict)
    found = part(told, ANNA.login)["deletions"]
    assert isinstance(found, list)
    return found


def test_held_deletions_are_listed_with_titles_and_wait_until_they_are_confirmed(anna: Person, tmp_path: Path) -> None:
    empty_calendar(tmp_path)
    outcome = anna.types("sync")
    assert outcome.code == NEEDS_DECISION
    assert f"{COUNT} items of “Calendar”" in outcome.out
    assert len(anna.lists("Calendar")) == COUNT
    assert "passerelle confirm" in anna.types("status").out
    listed = " ".join(anna.does("confirm").split())
    assert all(words in listed for words in (f"{COUNT} items", "on the server", "Number 7", "and 19"))
    (one,) = held(anna)
    assert (one["folder_name"], one["count"], one["deleted"], one["whole"]) == ("Calendar", COUNT, "server", False)
    assert anna.types("skipped", "retry", str(one["number"])).code == Contradiction.exit_code
    assert anna.types("confirm", "--delete", "Nowhere").code == NotFound.exit_code
    assert anna.types("confirm", "--delete", "--keep").code == Contradiction.exit_code
    anna.does("confirm", "--delete", "calendar")
    anna.does("sync")
    assert anna.lists("Calendar") == []
    assert held(anna) == []


def test_held_deletions_that_are_not_meant_leave_the_items_on_both_sides(
    anna: Person, office: Server, tmp_path: Path
) -> None:
    empty_calendar(tmp_path)
    anna.types("sync")
    anna.does("confirm", "--keep", str(held(anna)[0]["number"]))
    anna.does("sync")
    assert len(anna.lists("Calendar")) == COUNT
    again = Person(anna.command, tmp_path / "again")
    again.does("account", "add", office.url, "--login", ANNA.login, "--password-stdin", stdin=ANNA.password + "\n")
    again.does("sync")
    assert len(again.lists("Calendar")) == COUNT


def test_of_folders_with_one_name_one_is_to_be_named_by_its_path_or_id(anna: Person, tmp_path: Path) -> None:
    with at_server(tmp_path) as store:
        there = session(store)
        for name in ("Team", "Club"):
            above = there.create_folder(PRIVATE, name, module=Module.TASKS)
            there.create_folder(above.id, "Plans", module=Module.TASKS)
    anna.does("sync")
    outcome = anna.types("list", "Plans")
    assert outcome.code == Contradiction.exit_code
    numbers = [str(one["id"]) for one in folders(anna) if one["name"] == "Plans"]
    assert all(number in outcome.err for number in numbers)
    anna.adds("task", "Train", "--folder", "Club/Plans")
    assert [len(anna.lists(number)) for number in numbers].count(1) == 1
    assert [one["title"] for one in anna.lists("Club/Plans")] == ["Train"]
    assert anna.lists("Team/Plans") == []


def folders(person: Person) -> list[dict[str, object]]:
    found = person.types("folders", "--json").json()
    assert isinstance(found, list)
    return found


def test_two_people_meet_through_processes_of_their_own(office: Server, tmp_path: Path) -> None:
    for user in (ANNA, BEN):
        words = ("account", "add", office.url, "--login", user.login, "--password-stdin", "--zone", "Europe/Berlin")
        passerelle(*words, data=tmp_path / user.login, stdin=user.password + "\n")
        in_a_process("sync", data=tmp_path / user.login)
    with at_server(tmp_path) as store:
        share_calendar(store)
    hers, his = tmp_path / ANNA.login, tmp_path / BEN.login
    passerelle("add", "appointment", "Lunch", "--start", "2026-12-07T12:00", data=hers)
    in_a_process("sync", data=hers)
    in_a_process("sync", data=his)
    shared = next(one for one in described(his) if one["name"] == "Calendar" and one["kind"] == "shared")
    assert "Lunch" in passerelle("list", str(shared["id"]), data=his)
    number = listed(his, str(shared["id"]))[0]["id"]
    passerelle("edit", str(number), "--set", "location=Canteen", data=his)
    in_a_process("sync", data=his)
    in_a_process("sync", data=hers)
    assert "Canteen" in passerelle("show", str(listed(hers, "Calendar")[0]["id"]), data=hers)
    assert "nothing to do" in in_a_process("sync", data=his)
    assert "nothing to do" in in_a_process("sync", data=hers)


def share_calendar(store: Store) -> None:
    """Anna lets ben write in her calendar."""
    there = session(store)
    with store.reading() as tx:
        ben = tx.principals.user_by_login(BEN.login)
    assert ben is not None
    calendar = next(one.folder for one in there.folders().changed if one.folder.name == "Calendar")
    right = Right(kind=PrincipalKind.USER, principal=ben.id, rights=Rights(folder=4, read=4, write=4, delete=4))
    there.update_folder(calendar.id, rights=(*calendar.rights, right))


def described(data: Path) -> list[dict[str, object]]:
    return msgspec.json.decode(passerelle("folders", "--json", data=data), type=list[dict[str, object]])


def listed(data: Path, folder: str) -> list[dict[str, object]]:
    return msgspec.json.decode(passerelle("list", folder, "--json", data=data), type=list[dict[str, object]])


def test_changes_that_were_refused_are_shown_with_both_versions_and_decided_on_together(
    anna: Person, tmp_path: Path
) -> None:
    first, second = (str(one["id"]) for one in anna.lists("Calendar")[:2])
    for number in (first, second):
        anna.does("edit", number, "--set", "location=Canteen")
        refuse(anna, number)
    listed = msgspec.json.decode(anna.does("skipped", "list", "--json"), type=list[dict[str, object]])
    assert [str(one["item"]) for one in listed] == [first, second]
    shown = anna.does("skipped", "show", str(listed[0]["id"]))
    assert "Canteen" in shown
    assert "discard" in shown
    assert "skipped show" in anna.does("skipped", "list")
    assert anna.types("skipped", "discard").code == Missing.exit_code
    outcome = anna.types("skipped", "discard", str(listed[0]["id"]), "9999")
    assert outcome.code == NotFound.exit_code
    assert "9999" in outcome.err
    anna.does("skipped", "retry", "--all")
    assert anna.types("skipped", "keep", str(listed[1]["id"]), "--folder", "Nowhere").code == NotFound.exit_code
    anna.does("skipped", "discard", "--all")
    assert anna.does("skipped", "list").startswith("Nothing")
    assert "location" not in anna.sees(first)


def refuse(anna: Person, number: str) -> None:
    """The server did not take a change, and said that the hall is closed."""
    accounts = Accounts(anna.data)
    with accounts.replica(accounts.get()) as replica, replica.store.writing(replica.membership.user, "test") as tx:
        link = tx.sync.links_of(ItemId(int(number)))[0]
        tx.sync.put_skipped(
            Skipped(
                folder=link.folder,
                direction=UP,
                local=link.local,
                remote=link.remote,
                code="APP-0071",
                message=Text("The hall is closed."),
                since=datetime.now(UTC),
            )
        )


def test_what_one_may_no_longer_change_is_taken_back_and_can_be_copied(anna: Person, tmp_path: Path) -> None:
    first = str(anna.lists("Calendar")[0]["id"])
    anna.does("edit", first, "--set", "location=Canteen")
    with at_server(tmp_path) as store:
        there = session(store)
        there.create_folder(PRIVATE, "Mine", module=Module.CALENDAR)
        calendar_ = next(view.folder for view in there.folders().changed if view.folder.name == "Calendar")
        with store.writing(there.user.id, "test") as tx:
            right = msgspec.structs.replace(calendar_.rights[0], rights=Rights(folder=2, read=4))
            tx.folders.replace(msgspec.structs.replace(calendar_, rights=(right,)))
    assert "no right" in anna.does("sync")
    assert "location" not in anna.sees(first)
    history = msgspec.json.decode(anna.does("history", first, "--json"), type=list[dict[str, object]])
    number = str(history[-1]["number"])
    assert anna.types("undo", number).code == Forbidden.exit_code
    assert anna.types("undo", "--copy").code == Missing.exit_code
    assert anna.types("undo", number, "--copy").code == Forbidden.exit_code
    anna.does("undo", number, "--copy", "--folder", "Mine")
    anna.does("sync")
    (copy,) = anna.lists("Mine")
    assert anna.sees(copy["id"])["location"] == "Canteen"


def test_how_many_deletions_wait_is_a_setting_of_the_account(anna: Person, tmp_path: Path) -> None:
    assert anna.types("account", "set", ANNA.login, "--guard-share", "1.5").code == Invalid.exit_code
    assert anna.types("account", "set", ANNA.login, "--guard-items", "-1").code == Invalid.exit_code
    anna.does("account", "set", ANNA.login, "--guard-items", str(COUNT))
    assert f"guard-items │ {COUNT}" in " ".join(anna.does("account", "show", ANNA.login).split())
    empty_calendar(tmp_path)
    anna.does("sync")
    assert anna.lists("Calendar") == []


def test_a_server_that_was_restored_is_asked_about_and_gets_back_what_it_lost(
    anna: Person, office: Server, tmp_path: Path
) -> None:
    backup = tmp_path / "backup.zip"
    passerelle("server", "backup", backup, data=office.data)
    anna.does("add", "appointment", "Lost", "--start", "2027-01-04 10:00")
    anna.does("sync")
    assert anna.types("confirm", "--server-replaced").code == Contradiction.exit_code
    office.kill()
    shutil.rmtree(office.data)
    passerelle("server", "restore", backup, data=office.data)
    with office:
        outcome = anna.types("sync")
        assert outcome.code == Unsafe.exit_code
        assert "passerelle confirm" in outcome.err
        assert "--server-replaced" in anna.does("confirm")
        assert "passerelle confirm" in anna.types("status").out
        told = anna.types("confirm", "--json").json()
        assert isinstance(told, dict)
        (replaced,) = cast(list[dict[str, object]], part(told, ANNA.login)["replaced"])
        assert (replaced["peer"], replaced["sign"]) == ("server", "lineage")
        anna.does("confirm", "--server-replaced")
        anna.does("sync")
        assert "Lost" in office.exported(ANNA, "Calendar")
        assert len(anna.lists("Calendar")) == COUNT + 1
