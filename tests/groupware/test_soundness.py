"""What the rules promise of a server's folders, people and items is checked, and repaired where nothing is lost."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from passerelle.groupware.soundness import check, repair
from passerelle.model.folders import PRIVATE, Folder, Module, Right, Rights
from passerelle.model.ids import FolderId
from passerelle.model.principals import PrincipalKind
from passerelle.store import Placement
from passerelle.store.integrity.finding import Finding
from tests.groupware.office import Office, at, daily, meeting

NOWHERE: Final = FolderId(10_000)


class Repaired(Struct):
    """What was wrong, and what still is after a repair."""

    before: list[Finding]
    after: list[Finding]


def repaired(office: Office) -> Repaired:
    before = check(office.store)
    return Repaired(before, repair(office.store, before))


def rules(found: list[Finding]) -> set[str]:
    return {finding.rule for finding in found}


def change_folder(office: Office, id_: FolderId, **fields: object) -> None:
    """Change a folder past the rules."""
    with office.store.writing(office.user("anna").id) as tx:
        folder = tx.folders.get(id_)
        assert folder is not None
        tx.folders.replace(msgspec.structs.replace(folder, **fields))


def folder_of(office: Office, id_: FolderId) -> Folder:
    with office.store.reading() as tx:
        folder = tx.folders.get(id_)
    assert folder is not None
    return folder


def test_an_office_at_work_is_sound(office: Office) -> None:
    calendar = office.default("anna")
    anna = office.session("anna")
    guests = (*office.invite("bruno"), office.invite_room())
    series = anna.create(calendar, meeting("Round", recurrence=daily(5), participants=guests))
    anna.change_occurrence(series.id, calendar, 2, lambda _: {"title": "Longer", "when": at(15)})
    office.session("bruno").delete(series.id, office.default("bruno"))
    shared = office.public("anna", "Plans", Module.CALENDAR, office.grant_group("staff", Rights(folder=8, read=4)))
    office.session("anna").create_folder(shared.id, "Below")
    assert check(office.store) == []


def test_a_folder_without_its_parent_comes_back_to_the_top(office: Office) -> None:
    private = office.private("anna", "Mine")
    public = office.public("anna", "Ours")
    for folder in (private, public):
        change_folder(office, folder.id, parent=NOWHERE)
    found = repaired(office)
    assert rules(found.before) == {"tree"}
    assert found.after == []
    assert [folder_of(office, folder.id).parent for folder in (private, public)] == [1, 2]


def test_folders_in_a_circle_are_cut_loose_once(office: Office) -> None:
    outer = office.private("anna", "Outer")
    inner = office.session("anna").create_folder(outer.id, "Inner")
    change_folder(office, outer.id, parent=inner.id)
    found = repaired(office)
    assert [(one.rule, one.where) for one in found.before] == [("tree", f"folder {outer.id}")]
    assert found.after == []
    assert [folder_of(office, one.id).parent for one in (outer, inner)] == [PRIVATE, outer.id]


def test_a_default_folder_that_is_lost_is_made_anew(office: Office) -> None:
    tasks = office.default("carla", Module.TASKS)
    with office.store.writing(office.user("anna").id) as tx:
        tx.folders.remove(tasks)
    found = repaired(office)
    assert rules(found.before) == {"default"}
    assert found.after == []
    assert folder_of(office, office.default("carla", Module.TASKS)).name == "Aufgaben"


def test_a_user_whose_entry_is_lost_comes_back_into_the_address_book(office: Office) -> None:
    contact = office.user("bruno").contact
    assert contact is not None
    with office.store.writing(office.user("anna").id) as tx:
        tx.items.remove(contact)
    found = repaired(office)
    assert rules(found.before) == {"address book"}
    assert found.after == []
    assert office.session("anna").people("Bruno*")[0].user.login == "bruno"


def test_rights_of_nobody_are_taken_away_and_those_of_deleted_users_stay(office: Office) -> None:
    ghost = Right(kind=PrincipalKind.USER, principal=NOWHERE, rights=Rights(folder=2))
    calendar = office.share_default("anna", office.grant("bruno", Rights(folder=2, read=4)))
    with office.store.writing(office.user("anna").id) as tx:
        tx.principals.remove_user(office.user("bruno").id)
    known = folder_of(office, calendar).rights
    change_folder(office, calendar, rights=(*known, ghost))
    found = repaired(office)
    assert rules(found.before) == {"group list", "right"}
    assert found.after == []
    assert folder_of(office, calendar).rights == known


def test_an_item_shows_no_longer_to_whom_it_does_not_concern(office: Office) -> None:
    record = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("bruno")))
    bruno, carla = office.user("bruno").id, office.user("carla").id
    for wrong in (Placement(office.default("carla"), carla), Placement(office.default("carla"), bruno)):
        with office.store.writing(office.user("anna").id) as tx:
            tx.items.replace(record.id, record.item, placements=[Placement(office.default("bruno"), bruno), wrong])
        found = repaired(office)
        assert rules(found.before) == {"placement"}
        assert found.after == []
        with office.store.reading() as tx:
            assert {one.folder for one in tx.items.placements(record.id)} == {
                office.default("anna"),
                office.default("bruno"),
            }


def test_a_changed_occurrence_of_a_single_appointment_is_told_of_and_left(office: Office) -> None:
    calendar = office.default("anna")
    series = office.session("anna").create(calendar, meeting(recurrence=daily(5)))
    office.session("anna").change_occurrence(series.id, calendar, 2, lambda _: {"title": "Longer"})
    with office.store.writing(office.user("anna").id) as tx:
        tx.items.replace(series.id, meeting("Once"))
    found = repaired(office)
    assert rules(found.before) == rules(found.after) == {"series"}
    assert not any(one.cure for one in found.before)


def test_a_cure_that_fails_hinders_no_other(office: Office) -> None:
    def impossible(_tx: object) -> None:
        raise msgspec.DecodeError("It is worse than it looked.")

    change_folder(office, office.private("anna", "Mine").id, parent=NOWHERE)
    found = check(office.store)
    first = msgspec.structs.replace(found[0], cure=impossible)
    assert repair(office.store, [first, *found]) == []
