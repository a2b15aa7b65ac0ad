"""The fourteen assertions of the semantics reference, section 13, through the server: a test each, in their order."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.server.ox.conftest import ANNA
from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, Http, OxUser
from tests.support.ox.elements import Value, Xml
from tests.support.ox.files import Files

LEVELS = ("folderpermission", "objectreadpermission", "objectwritepermission", "objectdeletepermission")
BITS = (1, 2, 257, 2097410, 2113794, 2113796, 4227330, 4227332, 272662788, 403710016)
"""The levels 0 to 8, and the owner, as section 2.3 packs them."""
_WORTH = {0: "0", 1: "2", 2: "4", 4: "8", 64: "128"}
READER, DELETES_OWN, EDITOR = "2/4/0/0", "8/4/4/2", "8/4/4/4"
GLOBAL_ADDRESS_BOOK = 6


def _unpacked(bits: int) -> dict[str, str]:
    """The packed number as the OX interface says it (OX reference, section 8.2)."""
    levels = {level: _WORTH[bits >> 7 * place & 0b1111111] for place, level in enumerate(LEVELS)}
    return {**levels, "admin_flag": "true" if bits >> 28 else "false"}


def _packed(entry: dict[str, str]) -> int:
    worth = {level: bits for bits, level in _WORTH.items()}
    return sum(worth[entry[level]] << 7 * place for place, level in enumerate(LEVELS)) | (
        (entry["admin_flag"] == "true") << 28
    )


def _grant(user: OxUser, folder: Folder, *rights: Xml) -> Response:
    return user.try_write("folders", object_id=folder.id, permissions=ox.together(ox.owner(user.id), *rights))


def _at(day: int, hour: int = 9, **fields: Value) -> dict[str, Value]:
    start = day + hour * ox.HOUR
    return {"title": "Meeting", "start_date": start, "end_date": start + ox.HOUR, **fields}


@pytest.fixture
def quiet_day(title: str) -> int:
    """Midnight of a day on which no other test has an appointment."""
    return ox.ms("2100-01-05") + 40 * ox.DAY * int(title.removeprefix("Folder "))


@pytest.mark.rule("13.1", "2.2", "2.3")
@pytest.mark.parametrize("bits", BITS)
def test_01_the_bits_of_each_level_come_back(anna: OxUser, ben: OxUser, title: str, bits: int) -> None:
    public = anna.make_folder("calendar", title, parent=2)

    assert _grant(anna, public, ox.element("user", ben.id, **_unpacked(bits))).status == "200"

    (entry,) = [one for one in anna.load("folders", public.id).entries("permissions") if one["text"] == str(ben.id)]
    assert _packed(entry) == bits


@pytest.mark.rule("13.2", "2.4.private", "2.4.public")
def test_02_a_second_administrator_is_for_public_folders_only(anna: OxUser, ben: OxUser, title: str) -> None:
    private = anna.make_folder("calendar", title)
    public = anna.make_folder("calendar", title, parent=2)

    refused = _grant(anna, private, ox.owner(ben.id))
    only_ben = anna.try_write("folders", object_id=private.id, permissions=ox.owner(ben.id))

    assert (refused.status, only_ben.status) == ("409", "409")
    assert "FLD-0015" in refused.description
    assert "FLD-0017" in only_ben.description
    assert _grant(anna, public, ox.owner(ben.id)).status == "200"


@pytest.mark.rule("13.3", "1.7.path")
def test_03_a_right_deep_down_shows_the_folders_above_and_nothing_in_them(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    top = anna.make_folder("contact", title, parent=2)
    middle = anna.make_folder("contact", "b", parent=top.id)
    deep = anna.make_folder("contact", "c", ox.right(ben.id, READER), parent=middle.id)
    for folder in (top, middle, deep):
        folder.create(last_name="Somebody")

    assert {top.id, middle.id, deep.id} <= {one.id for one in ben.folders()}
    for above in (top, middle):
        (entry,) = [one for one in ben.load("folders", above.id).entries("permissions") if one["text"] == str(ben.id)]
        assert _packed(entry) == 1
        query = ox.propfind(folder_id=above.id, lastsync=0, objectmode="MODIFIED")
        assert ben.send("PROPFIND", "contacts", query).status == 403
    assert len(deep.seen_by(ben).live()) == 1


@pytest.mark.rule("13.4", "1.6.items")
def test_04_one_foreign_object_keeps_a_folder_with_all_in_it(anna: OxUser, ben: OxUser, title: str) -> None:
    public = anna.make_folder("contact", title, ox.right(ben.id, DELETES_OWN, admin=True), parent=2)
    below = anna.make_folder("contact", "below", ox.right(ben.id, DELETES_OWN, admin=True), parent=public.id)
    own, foreign = public.seen_by(ben).create(last_name="Own"), below.create(last_name="Foreign")

    answer = ben.try_write("folders", object_id=public.id, method="DELETE")

    assert answer.outcome == ("403", "1002")
    assert "FLD-0032" in answer.description
    assert (public.live(), below.live()) == ([own.id], [foreign.id])


@pytest.mark.rule("13.5", "1.4.7")
def test_05_names_are_one_users_and_one_modules(anna: OxUser, ben: OxUser, title: str) -> None:
    anna.make_folder("calendar", title)
    ben.make_folder("calendar", title)

    again = anna.try_write("folders", title=title, module="calendar", folder_id=1)

    assert again.status == "409"
    assert "FLD-0012" in again.description
    anna.make_folder("task", title)


@pytest.mark.rule("13.6", "1.4.4")
def test_06_a_subfolder_of_a_shared_folder_is_its_owners(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, EDITOR))

    made = ben.write_well("folders", title=f"Below {title}", module="calendar", folder_id=shared.id)

    assert anna.load("folders", made.id)["owner"] == str(anna.id)
    assert ben.load("folders", made.id)["type"] == "shared"


@pytest.mark.rule("13.7", "4.1.where", "4.1.others", "4.1.busy")
def test_07_a_private_appointment_in_a_shared_folder_is_refused_and_the_owners_is_a_time_only(
    anna: OxUser, ben: OxUser, http: Http, title: str, quiet_day: int
) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, EDITOR))

    refused = shared.seen_by(ben).try_create(**_at(quiet_day, private_flag=True))
    secret = shared.create(**_at(quiet_day, title="Secret", private_flag=True))

    assert "APP-0070" in refused.description
    assert shared.seen_by(ben).live() == []
    assert shared.seen_by(ben).try_load(secret).status == "404"
    collision = shared.seen_by(ben).try_create(**_at(quiet_day))
    assert collision.collisions == [("", quiet_day + 9 * ox.HOUR, quiet_day + 10 * ox.HOUR, "false")]
    name, _, domain = ANNA.email.partition("@")
    query = urlencode(
        {"contextid": 1, "username": name, "server": domain, "start": quiet_day, "end": quiet_day + ox.DAY}
    )
    published = http.send("GET", f"/servlet/webdav.freebusy?{query}").text
    assert "FREEBUSY" in published
    assert "Secret" not in published


@pytest.mark.rule("13.8", "5.6.rooms", "5.6.overlap")
def test_08_a_room_is_never_booked_twice_and_people_are_when_that_is_wanted(
    anna: OxUser, ben: OxUser, room: int, title: str, quiet_day: int
) -> None:
    hers, his = anna.make_folder("calendar", title), ben.make_folder("calendar", title)
    booked = ox.together(ox.resource(room))
    hers.create(**_at(quiet_day, participants=booked))

    twice = his.try_create(**_at(quiet_day, participants=booked, ignore_conflicts=True))

    assert twice.outcome == ("409", "1006")
    assert hers.try_create(**_at(quiet_day)).outcome == ("409", "1006")
    hers.create(**_at(quiet_day, ignore_conflicts=True))
    hers.create(**_at(quiet_day, shown_as=4))
    hers.create(**_at(quiet_day, 10, participants=booked))
    hers.create(**_at(quiet_day, 8, participants=booked))


@pytest.mark.rule("13.9", "8.stamp")
def test_09_a_file_makes_the_version_before_it_an_old_one(contacts: Folder) -> None:
    item = contacts.create(last_name="x")
    attached = Files(contacts, item).put("a.txt", b"x")

    stale = contacts.try_update(item, first_name="y")

    assert stale.outcome == ("409", "1000")
    known = contacts.user.try_write(
        "contacts", object_id=item.id, folder_id=contacts.id, last_modified=attached.last_modified, first_name="y"
    )
    assert known.outcome == ("200", "1200")


@pytest.mark.rule("13.10", "7.recurrence")
def test_10_a_recurring_task_that_is_done_has_one_successor_until_none_is_left(tasks: Folder) -> None:
    day = ox.ms("2040-03-05")
    pattern: dict[str, Value] = {"recurrence_type": "daily", "interval": 1}
    done: dict[str, Value] = {"status": 3, "percent_completed": 100}
    first = tasks.create(title="Water", start_date=day, end_date=day, **pattern, occurrences=2)

    tasks.update(first, **done, **pattern, occurrences=2)

    (second,) = [one for one in tasks.changes() if one.id != first.id]
    assert (second["status"], second["start_date"]) == ("1", str(day + ox.DAY))
    tasks.update(second, **done, **pattern, occurrences=1)
    assert sorted(tasks.live()) == sorted([first.id, second.id])


@pytest.mark.rule("13.11", "5.8.exceptions")
def test_11_another_pattern_drops_exceptions_and_the_last_occurrence_takes_the_series_along(
    calendar: Folder, quiet_day: int
) -> None:
    pattern: dict[str, Value] = {"recurrence_type": "daily", "interval": 1}
    series = calendar.create(**_at(quiet_day), **pattern, occurrences=3)
    changed = calendar.update(series, recurrence_date_position=quiet_day + ox.DAY, title="Other", ignore_conflicts=True)
    series = calendar.load(series)
    assert series["changeexceptions"] == str(quiet_day + ox.DAY)

    series = calendar.update(series, **pattern | {"interval": 2}, occurrences=2, ignore_conflicts=True)

    assert "changeexceptions" not in calendar.load(series)
    assert calendar.try_load(changed).status == "404"
    for day in (0, 2):
        calendar.delete(calendar.load(series), recurrence_date_position=quiet_day + day * ox.DAY)
        if day == 0:
            series = calendar.load(series)
    assert calendar.try_load(series).status == "404"
    assert calendar.live() == []


@pytest.mark.rule("13.12", "5.4.delete")
def test_12_a_participant_who_deletes_has_declined_and_the_organiser_keeps_it(
    anna: OxUser, ben: OxUser, calendar: Folder, quiet_day: int
) -> None:
    made = calendar.create(**_at(quiet_day, participants=ox.together(ox.user(anna.id), ox.user(ben.id))))
    his = ben.default("calendar")

    his.delete(his.load(made))

    assert his.try_load(made).status == "404"
    people = {one["text"]: one["confirm"] for one in calendar.load(made).entries("participants")}
    assert people == {str(anna.id): "accept", str(ben.id): "decline"}


@pytest.mark.rule("13.13", "3.edit", "3.address", "3.delete")
def test_13_users_edit_their_own_entry_but_not_the_main_address_and_delete_none(ben: OxUser) -> None:
    book = Folder(ben, "contacts", GLOBAL_ADDRESS_BOOK)
    (own,) = [one for one in book.changes() if one.values.get("email1") == ben.account.email]

    own = book.update(own, phone_business="+49 221 1")
    address, gone = book.try_update(own, email1="other@example.org"), book.try_delete(own)

    assert book.load(own)["phone_business"] == "+49 221 1"
    assert (address.code, gone.code) == ("1002", "1002")
    assert "CON-0173" in address.description
    assert "CON-0260" in gone.description


@pytest.mark.rule("13.14", "12.deletions")
def test_14_a_deletion_is_told_and_after_a_lost_permission_nothing(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("contact", title, ox.right(ben.id, READER))
    kept, gone = shared.create(last_name="Kept"), shared.create(last_name="Gone")

    shared.delete(gone)

    assert (shared.seen_by(ben).live(), shared.seen_by(ben).gone()) == ([kept.id], [gone.id])
    assert _grant(anna, shared).status == "200"
    query = ox.propfind(folder_id=shared.id, lastsync=kept.last_modified, objectmode="MODIFIED,DELETED")
    refused = ben.send("PROPFIND", "contacts", query)
    assert refused.status in {403, 404}
    assert str(kept.id) not in refused.text
