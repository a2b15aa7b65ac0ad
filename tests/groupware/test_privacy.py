from __future__ import annotations

import pytest

from passerelle.model.errors import Contradiction, Forbidden, NotFound
from passerelle.model.folders import Module
from passerelle.model.ids import Stamp
from passerelle.model.items import Contact, Item, Task
from tests.groupware.office import EDITOR, READER, Office, at, meeting


def hide(_item: Item) -> dict[str, object]:
    return {"private": True}


@pytest.mark.rule("4.1.where", "4.3.where", "4.4.where")
@pytest.mark.parametrize(
    ("module", "item", "code"),
    [
        (Module.CALENDAR, meeting(private=True), "APP-0070"),
        (Module.TASKS, Task(title="T", private=True), "TSK-0008"),
        (Module.CONTACTS, Contact(last_name="A", private=True), "CON-0171"),
    ],
)
def test_only_items_in_own_private_folders_can_be_private(
    office: Office, module: Module, item: Item, code: str
) -> None:
    public = office.public("anna", "P", module)
    shared = office.private("anna", "S", module, office.grant("bruno", EDITOR))
    for login, folder in (("anna", public), ("bruno", shared)):
        with pytest.raises(Contradiction) as refusal:
            office.session(login).create(folder.id, item)
        assert refusal.value.code == code


def test_a_delegate_cannot_mark_the_owner_s_items(office: Office) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", EDITOR))
    item = office.session("anna").create(folder.id, meeting())
    with pytest.raises(Contradiction):
        office.session("bruno").update(item.id, folder.id, hide)


@pytest.mark.rule("4.1.participants")
def test_a_private_appointment_has_no_other_participants(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    with pytest.raises(Contradiction) as refusal:
        session.create(home, meeting(private=True, participants=office.invite("anna", "bruno")))
    assert refusal.value.code == "APP-0023"
    item = session.create(home, meeting(participants=office.invite("bruno")))
    with pytest.raises(Contradiction):
        session.update(item.id, home, hide)


@pytest.mark.rule("4.3.participants")
def test_a_private_task_is_given_to_nobody(office: Office) -> None:
    with pytest.raises(Contradiction) as refusal:
        office.session("anna").create(
            office.default("anna", Module.TASKS),
            Task(title="T", private=True, participants=office.invite("bruno")),
        )
    assert refusal.value.code == "TSK-0028"


def test_a_private_appointment_may_have_a_room(office: Office) -> None:
    item = meeting(private=True, participants=(*office.invite("anna"), office.invite_room()))
    assert office.session("anna").create(office.default("anna"), item).item.private


@pytest.mark.rule("4.1.others")
def test_what_is_private_does_not_exist_for_others(office: Office) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", EDITOR)).id
    secret = office.session("anna").create(folder, meeting(private=True))
    plain = office.session("anna").create(folder, meeting("Open", at(15)))
    session = office.session("bruno")
    assert session.ids(folder, Module.CALENDAR) == (plain.id,)
    assert [one.id for one in session.changes(folder, Module.CALENDAR).items] == [plain.id]
    assert session.changes(folder, Module.CALENDAR, Stamp(1)).gone == ()
    for attempt in (
        lambda: session.get(secret.id, Module.CALENDAR),
        lambda: session.get(secret.id, Module.CALENDAR, folder),
        lambda: session.update(secret.id, folder, lambda _item: {"title": "Mine"}),
        lambda: session.delete(secret.id, folder),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_its_owner_sees_and_changes_it(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    secret = session.create(home, meeting(private=True))
    assert session.get(secret.id, Module.CALENDAR).item.private
    session.update(secret.id, home, lambda _item: {"private": False})
    assert not session.get(secret.id, Module.CALENDAR).item.private


@pytest.mark.rule("4.1.others")
def test_what_turns_private_is_gone_for_a_reader_who_saw_it(office: Office) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    item = office.session("anna").create(folder, meeting())
    hidden = office.session("anna").update(item.id, folder, hide)
    session = office.session("bruno")
    gone = session.changes(folder, Module.CALENDAR, Stamp(item.stamp + 1)).gone
    assert [(stone.id, stone.stamp) for stone in gone] == [(item.id, hidden.stamp)]
    assert office.session("anna").changes(folder, Module.CALENDAR, Stamp(item.stamp + 1)).gone == ()


@pytest.mark.parametrize("back", [0, 1])
def test_it_is_gone_also_for_who_saw_nothing_newer(office: Office, back: int) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    item = office.session("anna").create(folder, meeting())
    office.session("anna").update(item.id, folder, hide)
    gone = office.session("bruno").changes(folder, Module.CALENDAR, Stamp(item.stamp - back)).gone
    assert [stone.id for stone in gone] == [item.id]


def test_what_was_private_all_along_is_not_reported_as_gone(office: Office) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    secret = office.session("anna").create(folder, meeting(private=True))
    office.session("anna").update(secret.id, folder, lambda _item: {"title": "Still secret"})
    assert office.session("bruno").changes(folder, Module.CALENDAR, Stamp(secret.stamp + 1)).gone == ()


def test_what_turns_open_appears_for_readers(office: Office) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    secret = office.session("anna").create(folder, meeting(private=True))
    office.session("anna").update(secret.id, folder, lambda _item: {"private": False})
    changes = office.session("bruno").changes(folder, Module.CALENDAR, Stamp(secret.stamp + 1))
    assert [one.id for one in changes.items] == [secret.id]


@pytest.mark.rule("4.3.creator", "4.4.creator")
@pytest.mark.parametrize(
    ("module", "item", "code"),
    [(Module.TASKS, Task(title="T"), "TSK-0043"), (Module.CONTACTS, Contact(last_name="A"), "CON-0118")],
)
def test_a_task_or_contact_is_marked_private_by_its_creator_only(
    office: Office, module: Module, item: Item, code: str
) -> None:
    folder = office.private("anna", "S", module, office.grant("bruno", EDITOR))
    theirs = office.session("bruno").create(folder.id, item)
    with pytest.raises(Forbidden) as refusal:
        office.session("anna").update(theirs.id, folder.id, hide)
    assert refusal.value.code == code
    mine = office.session("anna").create(folder.id, item)
    assert office.session("anna").update(mine.id, folder.id, hide).item.private


def test_an_appointment_is_marked_private_by_the_owner_of_the_calendar_whoever_made_it(office: Office) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", EDITOR))
    theirs = office.session("bruno").create(folder.id, meeting())
    assert office.session("anna").update(theirs.id, folder.id, hide).item.private
