from __future__ import annotations

from datetime import UTC, datetime

import pytest

from passerelle.groupware import changes as changes_module
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.items import Contact
from tests.groupware.office import READER, Office, at, meeting


@pytest.mark.rule("12.changes")
def test_the_bound_is_inclusive_and_the_order_that_of_change(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    first = session.create(home, meeting("1", at(9)))
    second = session.create(home, meeting("2", at(12)))
    touched = session.update(first.id, home, lambda _item: {"title": "1b"})
    everything = [record.id for record in session.changes(home, Module.CALENDAR).items]
    assert everything == [second.id, first.id]
    assert [one.id for one in session.changes(home, Module.CALENDAR, touched.stamp).items] == [first.id]
    assert [*session.changes(home, Module.CALENDAR, Stamp(touched.stamp + 1)).items] == []


@pytest.mark.rule("12.deletions")
def test_deletions_are_told_from_the_bound_on(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    item = session.create(home, meeting())
    stamp = session.delete(item.id, home)
    assert [(one.id, one.stamp) for one in session.changes(home, Module.CALENDAR, stamp).gone] == [(item.id, stamp)]
    assert session.changes(home, Module.CALENDAR, Stamp(stamp + 1)).gone == ()


def test_without_a_folder_all_readable_ones_of_the_module_are_listed(office: Office) -> None:
    shared = office.share_default("bruno", office.grant("anna", READER), Module.CONTACTS)
    theirs = office.session("bruno").create(shared, Contact(last_name="B"))
    mine = office.session("anna").create(office.default("anna", Module.CONTACTS), Contact(last_name="A"))
    office.session("carla").create(office.default("carla", Module.CONTACTS), Contact(last_name="C"))
    session = office.session("anna")
    users = {user.contact for user in map(office.user, ("anna", "bruno", "carla"))}
    lists = {group.contact for group in map(office.group, ("staff", "board"))}
    assert set(session.ids(None, Module.CONTACTS)) == {mine.id, theirs.id, *users, *lists}
    assert {one.id for one in session.changes(None, Module.CONTACTS).items} == {mine.id, theirs.id, *users, *lists}


def test_many_items_come_in_pages_and_each_once(office: Office) -> None:
    folder = office.default("anna", Module.CONTACTS)
    count = 2 * changes_module.PAGE + 1
    with office.store.writing(office.user("anna").id) as tx:
        tx.items.add_many(folder, [Contact(last_name=str(number)) for number in range(count)])
    listed = [record.id for record in office.session("anna").changes(folder, Module.CONTACTS).items]
    assert len(listed) == len(set(listed)) == count


def test_what_is_written_while_a_list_is_read_comes_with_the_next(office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
    items = [session.create(folder, Contact(last_name=str(number))) for number in range(3)]
    changes = session.changes(folder, Module.CONTACTS)
    late = session.update(items[0].id, folder, lambda _item: {"last_name": "late"})
    seen = [*changes.items]
    assert [record.id for record in seen] == [items[1].id, items[2].id]
    again = session.changes(folder, Module.CONTACTS, Stamp(max(record.stamp for record in seen) + 1))
    assert [record.stamp for record in again.items] == [late.stamp]


@pytest.mark.rule("12.pruned")
def test_after_pruning_a_change_list_from_long_ago_is_as_complete_as_before(office: Office) -> None:
    shared = office.share_default("bruno", office.grant("anna", READER), Module.CONTACTS)
    bruno, anna = office.session("bruno"), office.session("anna")
    kept, doomed, hidden = (bruno.create(shared, Contact(last_name=name)) for name in ("Kept", "Doomed", "Hidden"))
    changed = bruno.update(kept.id, shared, lambda _item: {"first_name": "K"})
    bruno.delete(doomed.id, shared)
    bruno.update(hidden.id, shared, lambda _item: {"private": True})
    with office.store.writing(bruno.user_id) as tx:
        assert tx.journal.prune(datetime(2100, 1, 1, tzinfo=UTC))
    found = anna.changes(shared, Module.CONTACTS, kept.stamp)
    assert {one.id for one in found.gone} == {doomed.id, hidden.id}
    assert [(one.id, one.stamp) for one in found.items] == [(kept.id, changed.stamp)]


def test_after_pruning_the_folders_that_went_are_still_told(office: Office) -> None:
    session = office.session("anna")
    folder = session.create_folder(FolderId(1), "Short-lived", module=Module.TASKS)
    session.delete_folder(folder.id)
    with office.store.writing(session.user_id) as tx:
        tx.journal.prune(datetime(2100, 1, 1, tzinfo=UTC))
    assert session.folders(folder.stamp).gone == (folder.id,)
