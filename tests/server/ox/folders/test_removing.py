"""Deleting and clearing folders (OX reference, sections 4.2, 5.1 and 7; semantics 1.6)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value


def _delete(user: OxUser, folder: Folder, **fields: Value) -> Response:
    version = max((one.last_modified for one in user.read("folders", object_id=folder.id) if one.names), default=0)
    said: dict[str, Value] = {"object_id": folder.id, "last_modified": version, "method": "DELETE", **fields}
    return user.try_write("folders", **said)


def _gone(user: OxUser, since: int = 0) -> list[int]:
    return [one.id for one in user.folders(since, "DELETED")]


def test_a_deleted_folder_is_gone_and_remembered(anna: OxUser, calendar: Folder) -> None:
    assert _delete(anna, calendar).outcome == ("200", "1200")

    assert calendar.id not in [one.id for one in anna.folders()]
    assert calendar.id in _gone(anna)
    (answer,) = anna.read("folders", object_id=calendar.id)
    assert answer.outcome == ("404", "1001")


def test_the_stub_of_a_folder_has_no_time(anna: OxUser, calendar: Folder) -> None:
    _delete(anna, calendar)

    (stub,) = [one for one in anna.folders(0, "DELETED") if one.id == calendar.id]
    assert stub.names == ["object_id", "object_status"]
    assert stub["object_status"] == "DELETE"


def test_a_deletion_since_then_is_not_told_again(anna: OxUser, calendar: Folder, title: str) -> None:
    _delete(anna, calendar)
    after = anna.make_folder("calendar", f"{title} after")
    version = anna.load("folders", after.id).last_modified

    assert calendar.id not in _gone(anna, version + 1)


def test_a_folder_goes_with_its_objects_and_subfolders(anna: OxUser, contacts: Folder) -> None:
    person = contacts.create(last_name="x")
    below = anna.make_folder("contact", "below", parent=contacts.id)

    assert _delete(anna, contacts).outcome == ("200", "1200")

    assert {contacts.id, below.id} <= set(_gone(anna))
    (answer,) = anna.read("contacts", object_id=person.id)
    assert answer.outcome == ("404", "1001")


def test_an_outdated_deletion_is_refused(anna: OxUser, calendar: Folder) -> None:
    assert _delete(anna, calendar, last_modified=0).outcome == ("409", "1000")
    anna.load("folders", calendar.id)


def test_an_unknown_folder_cannot_be_deleted(anna: OxUser, calendar: Folder) -> None:
    assert _delete(anna, calendar, object_id=99_999_999, last_modified=0).outcome == ("404", "1001")


def test_an_invisible_folder_is_unknown(ben: OxUser, calendar: Folder) -> None:
    assert _delete(ben, calendar, last_modified=ox.ms("2100-01-01")).outcome == ("404", "1001")


def test_a_default_folder_cannot_be_deleted(carl: OxUser) -> None:
    default = carl.default("task")

    assert _delete(carl, default).status in {"403", "409"}
    carl.load("folders", default.id)


@pytest.mark.parametrize("folder_id", [0, 1, 2, 3, 4, 5, 6, 7, 9])
def test_a_system_folder_cannot_be_deleted(anna: OxUser, folder_id: int) -> None:
    future = ox.ms("2100-01-01")

    answer = anna.try_write("folders", object_id=folder_id, last_modified=future, method="DELETE")

    assert answer.status in {"403", "404", "409"}


def test_another_users_shared_folder_cannot_be_deleted(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "128/128/128/128"))

    assert _delete(ben, shared).outcome == ("403", "1002")
    anna.load("folders", shared.id)


def test_a_folder_with_somebody_elses_objects_stays_when_those_may_not_be_deleted(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    rights = (ox.right(ben.id, "8/4/2/2", admin=True),)
    public = anna.make_folder("contact", title, *rights, parent=2)
    hers = public.create(last_name="Hers")
    his = public.seen_by(ben).create(last_name="His")

    assert _delete(ben, public).status == "403"
    assert sorted(public.live()) == sorted([hers.id, his.id])


def test_a_folder_with_a_hidden_subfolder_stays(anna: OxUser, ben: OxUser, title: str) -> None:
    public = anna.make_folder("contact", title, ox.right(ben.id, "8/4/4/4", admin=True), parent=2)
    below = anna.make_folder("contact", "hidden", parent=public.id)

    assert _delete(ben, public).status in {"403", "409"}
    anna.load("folders", below.id)


def test_deleting_a_shared_folder_is_a_deletion_for_all_who_saw_it(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "2/4/0/0"))
    before = ben.load("folders", shared.id).last_modified + 1

    _delete(anna, shared)

    assert shared.id in _gone(ben, before)


def test_losing_the_right_to_see_a_folder_is_a_deletion(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "2/4/0/0"))
    before = ben.load("folders", shared.id).last_modified + 1

    anna.write_well("folders", object_id=shared.id, permissions=ox.owner(anna.id))

    assert shared.id in _gone(ben, before)
    assert shared.id not in _gone(anna, before)
    assert shared.id not in [one.id for one in ben.folders()]


def test_getting_the_right_back_is_a_change_and_no_deletion(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "2/4/0/0"))
    anna.write_well("folders", object_id=shared.id, permissions=ox.owner(anna.id))

    anna.write_well(
        "folders", object_id=shared.id, permissions=ox.together(ox.owner(anna.id), ox.right(ben.id, "2/4/0/0"))
    )

    assert shared.id in [one.id for one in ben.folders()]
    assert shared.id not in _gone(ben)


def test_a_folder_somebody_never_saw_is_no_deletion_with_objects_to_tell(
    anna: OxUser, ben: OxUser, calendar: Folder
) -> None:
    answers = [one for one in ben.folders(0, "MODIFIED,DELETED") if one.id == calendar.id]

    assert [one["object_status"] for one in answers] in ([], ["DELETE"])


def test_clearing_deletes_the_objects_and_keeps_the_folder(anna: OxUser, contacts: Folder) -> None:
    people = [contacts.create(last_name=str(n)) for n in range(3)]
    version = anna.load("folders", contacts.id).last_modified

    answer = anna.try_write("folders", object_id=contacts.id, last_modified=version, method="CLEAR")

    assert answer.outcome == ("200", "1200")
    assert contacts.live() == []
    assert sorted(contacts.gone()) == sorted(one.id for one in people)
    anna.load("folders", contacts.id)


def test_clearing_leaves_subfolders_alone(anna: OxUser, contacts: Folder) -> None:
    below = anna.make_folder("contact", "below", parent=contacts.id)
    person = below.create(last_name="x")

    anna.write_well("folders", object_id=contacts.id, last_modified=ox.ms("2100-01-01"), method="CLEAR")

    assert below.live() == [person.id]


def test_clearing_needs_the_right_to_delete_everything(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("contact", title, ox.right(ben.id, "4/4/4/2"))
    hers, _ = shared.create(last_name="Hers"), shared.seen_by(ben).create(last_name="His")

    answer = ben.try_write("folders", object_id=shared.id, last_modified=ox.ms("2100-01-01"), method="CLEAR")

    assert answer.status == "403"
    assert hers.id in shared.live()
    assert len(shared.live()) == 2


def test_without_the_right_to_delete_not_even_an_empty_folder_is_cleared(anna: OxUser, ben: OxUser, title: str) -> None:
    folder = anna.make_folder("contact", title, ox.right(ben.id, "8/4/4/0"))
    before = anna.load("folders", folder.id).last_modified

    assert ben.try_write("folders", object_id=folder.id, method="CLEAR").outcome == ("403", "1002")
    assert anna.load("folders", folder.id).last_modified == before


def test_an_outdated_clearing_is_refused(anna: OxUser, contacts: Folder) -> None:
    person = contacts.create(last_name="x")

    assert anna.try_write("folders", object_id=contacts.id, last_modified=0, method="CLEAR").outcome == ("409", "1000")
    assert contacts.live() == [person.id]


def test_an_object_in_a_deleted_folder_cannot_be_made_or_read(anna: OxUser, contacts: Folder) -> None:
    _delete(anna, contacts)

    assert contacts.try_create(last_name="x").status in {"403", "404"}
    reply = anna.send("PROPFIND", "contacts", ox.propfind(folder_id=contacts.id, lastsync=0, objectmode="LIST"))
    assert reply.status == 403
