"""Following a folder by change lists (OX reference, sections 4.2 and 7)."""

from __future__ import annotations

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

MEETING: dict[str, Value] = {
    "title": "Meeting",
    "start_date": ox.ms("2033-02-01 09:00"),
    "end_date": ox.ms("2033-02-01 10:00"),
    "ignore_conflicts": True,
}


def test_the_lower_bound_includes_an_object_changed_exactly_then(contacts: Folder) -> None:
    person = contacts.create(last_name="Bound")

    assert contacts.live(person.last_modified) == [person.id]
    assert contacts.live(person.last_modified - 1) == [person.id]
    assert contacts.live(person.last_modified + 1) == []


def test_the_lower_bound_includes_a_deletion_exactly_then(contacts: Folder) -> None:
    contacts.delete(contacts.create(last_name="Doomed"))
    (stub,) = contacts.changes()

    assert contacts.gone(stub.last_modified) == [stub.id]
    assert contacts.gone(stub.last_modified + 1) == []


def test_every_change_gets_a_later_time_than_all_before(contacts: Folder) -> None:
    people = contacts.user.write("contacts", *[ox.block(folder_id=contacts.id, last_name=str(n)) for n in range(50)])
    changed = [contacts.update(person, last_name="again") for person in people[:10]]
    contacts.delete(people[20])
    (stub,) = contacts.changes(mode="DELETED")

    times = [answer.last_modified for answer in (*people, *changed, stub)]

    assert times == sorted(set(times))


def test_the_time_of_a_write_is_the_time_that_is_read(contacts: Folder) -> None:
    person = contacts.create(last_name="One")
    changed = contacts.update(person, last_name="Two")

    assert changed.last_modified > person.last_modified
    assert contacts.load(person).last_modified == changed.last_modified


def test_a_client_that_remembers_the_greatest_time_less_one_misses_nothing(contacts: Folder) -> None:
    lastsync, seen = 0, dict[int, str]()
    for round_ in range(6):
        made = [contacts.create(last_name=f"{round_}.{n}") for n in range(2)]
        contacts.update(made[0], last_name=f"{round_}.changed")
        if round_ % 2:
            contacts.delete(made[1])

        for change in contacts.changes(lastsync):
            if change["object_status"] == "DELETE":
                seen.pop(change.id, None)
            else:
                seen[change.id] = change["last_name"]
                lastsync = max(lastsync, change.last_modified - 1)

    assert seen == {one.id: one["last_name"] for one in contacts.changes(0, "MODIFIED")}
    assert len(seen) == 9


def test_with_nothing_new_only_the_newest_object_comes_again(contacts: Folder) -> None:
    people = [contacts.create(last_name=str(n)) for n in range(5)]

    assert contacts.live(people[-1].last_modified - 1) == [people[-1].id]


def test_a_change_list_contains_an_object_once_however_often_it_changed(contacts: Folder) -> None:
    person = contacts.create(last_name="0")
    for n in range(5):
        person = contacts.update(person, last_name=str(n + 1))

    (answer,) = contacts.changes()

    assert answer["last_name"] == "5"


def test_changes_in_one_folder_do_not_show_in_another(contacts: Folder, anna: OxUser, title: str) -> None:
    other = anna.make_folder("contact", f"{title} other")
    contacts.create(last_name="Here")

    assert other.changes() == []


def test_what_comes_and_goes_between_two_reads_is_only_a_deletion(contacts: Folder) -> None:
    lastsync = contacts.create(last_name="Before").last_modified + 1
    brief = contacts.create(last_name="Brief")
    contacts.delete(brief)

    (answer,) = contacts.changes(lastsync)

    assert (answer.id, answer["object_status"]) == (brief.id, "DELETE")


def test_a_deletion_is_remembered_however_old_the_readers_time_is(tasks: Folder) -> None:
    doomed = [tasks.create(title=str(n)) for n in range(3)]
    for one in doomed:
        tasks.delete(one)

    assert tasks.gone(0) == [one.id for one in doomed]


def test_the_list_shows_what_there_is_and_nothing_else(contacts: Folder) -> None:
    kept, doomed = contacts.create(last_name="Kept"), contacts.create(last_name="Doomed")
    contacts.delete(doomed)

    assert contacts.listed() == [kept.id]


def test_a_moved_object_is_a_deletion_here_and_a_change_there(contacts: Folder, anna: OxUser, title: str) -> None:
    other = anna.make_folder("contact", f"{title} other")
    person = contacts.create(last_name="Mover")
    before = person.last_modified + 1

    moved = contacts.update(person, folder=other.id)

    assert (contacts.gone(before), contacts.live(before)) == ([person.id], [])
    assert (other.gone(before), other.live(before)) == ([], [person.id])
    assert moved.last_modified > person.last_modified


def test_an_object_that_moved_away_and_back_is_no_deletion(contacts: Folder, anna: OxUser, title: str) -> None:
    other = anna.make_folder("contact", f"{title} other")
    person = contacts.create(last_name="Mover")
    moved = contacts.update(person, folder=other.id)
    other.update(moved, folder=contacts.id)

    assert (contacts.gone(), contacts.live()) == ([], [person.id])
    assert (other.gone(), other.live()) == ([person.id], [])


def test_the_deletion_of_an_occurrence_tells_its_series(calendar: Folder) -> None:
    series = calendar.create(**MEETING, recurrence_type="daily", interval=1, occurrences=5)
    day = ox.ms("2033-02-02")
    exception = calendar.update(series, recurrence_date_position=day, title="Other", ignore_conflicts=True)
    calendar.delete(exception)

    (stub,) = calendar.changes(mode="DELETED")

    assert stub.id == exception.id
    assert stub["recurrence_id"] == str(series.id)
    assert stub["object_status"] == "DELETE"


def test_changes_of_an_occurrence_show_its_series_as_changed_too(calendar: Folder) -> None:
    series = calendar.create(**MEETING, recurrence_type="daily", interval=1, occurrences=5)
    before = series.last_modified + 1

    exception = calendar.update(
        series, recurrence_date_position=ox.ms("2033-02-02"), title="Other", ignore_conflicts=True
    )

    assert sorted(calendar.live(before)) == sorted([series.id, exception.id])


def test_an_appointment_that_becomes_private_is_a_deletion_for_the_other_readers(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "2/4/0/0"))
    meeting = shared.create(**MEETING)
    others = shared.seen_by(ben)
    assert others.live() == [meeting.id]

    shared.update(meeting, private_flag=True, ignore_conflicts=True)

    assert others.live() == []
    assert others.gone(meeting.last_modified + 1) == [meeting.id]
    assert shared.live() == [meeting.id]


def test_a_contact_that_becomes_private_is_a_deletion_for_the_other_readers(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    shared = anna.make_folder("contact", title, ox.right(ben.id, "2/4/0/0"))
    person = shared.create(last_name="Secret")

    shared.update(person, private_flag=True)

    assert shared.seen_by(ben).live() == []
    assert shared.seen_by(ben).gone(person.last_modified + 1) == [person.id]
    assert shared.seen_by(ben).listed() == []


def test_a_private_object_that_is_public_again_comes_back_for_the_other_readers(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    shared = anna.make_folder("contact", title, ox.right(ben.id, "2/4/0/0"))
    person = shared.create(last_name="Secret", private_flag=True)
    shared.update(person, private_flag=False)

    assert shared.seen_by(ben).live(person.last_modified) == [person.id]
    assert shared.seen_by(ben).gone(person.last_modified) == []


def test_a_folder_that_is_shared_late_shows_all_its_objects_from_the_start(
    anna: OxUser, ben: OxUser, contacts: Folder
) -> None:
    person = contacts.create(last_name="Old")
    anna.write_well(
        "folders",
        object_id=contacts.id,
        permissions=ox.together(ox.owner(anna.id), ox.right(ben.id, "2/4/0/0")),
    )

    assert contacts.seen_by(ben).live() == [person.id]


def test_one_who_may_read_only_the_own_objects_sees_only_those(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("contact", title, ox.right(ben.id, "4/2/2/2"))
    hers = shared.create(last_name="Hers")
    bens = shared.seen_by(ben)
    his = bens.create(last_name="His")

    assert bens.live() == bens.listed() == [his.id]
    assert sorted(shared.live()) == sorted([hers.id, his.id])
    assert bens.try_load(hers).outcome == ("404", "1001")
