"""Appointments that collide (OX reference, section 10.5; semantics 5.6)."""

from __future__ import annotations

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value


def _at(day: int, hour: float, hours: float = 1, **fields: Value) -> dict[str, Value]:
    start = day + round(hour * ox.HOUR)
    return {"title": "Meeting", "start_date": start, "end_date": start + round(hours * ox.HOUR), **fields}


def test_an_overlap_is_told_and_nothing_is_stored(calendar: Folder, quiet_day: int) -> None:
    calendar.create(**_at(quiet_day, 9, title="First"))

    answer = calendar.try_create(**_at(quiet_day, 9.5, title="Second"), client_id="c")

    assert answer.outcome == ("409", "1006")
    assert (answer.href, answer["object_id"], answer["recurrence_id"], answer["client_id"]) == ("0", "0", "0", "c")
    assert answer.collisions == [("First", quiet_day + 9 * ox.HOUR, quiet_day + 10 * ox.HOUR, "false")]
    assert len(calendar.live()) == 1


def test_ignore_conflicts_stores_it_all_the_same(calendar: Folder, quiet_day: int) -> None:
    calendar.create(**_at(quiet_day, 9))

    calendar.create(**_at(quiet_day, 9), ignore_conflicts=True)

    assert len(calendar.live()) == 2


def test_ends_that_touch_do_not_collide(calendar: Folder, quiet_day: int) -> None:
    calendar.create(**_at(quiet_day, 9))

    calendar.create(**_at(quiet_day, 10))
    calendar.create(**_at(quiet_day, 8))


def test_free_appointments_do_not_collide(calendar: Folder, quiet_day: int) -> None:
    calendar.create(**_at(quiet_day, 9), shown_as=4)

    calendar.create(**_at(quiet_day, 9))
    calendar.create(**_at(quiet_day, 9), shown_as=4)


def test_a_collision_is_found_in_other_calendars_of_the_same_user(
    anna: OxUser, calendar: Folder, quiet_day: int
) -> None:
    anna.default("calendar").create(**_at(quiet_day, 9))

    assert calendar.try_create(**_at(quiet_day, 9)).outcome == ("409", "1006")


def test_a_collision_of_another_participant_counts_and_hides_what_may_not_be_read(
    anna: OxUser, ben: OxUser, calendar: Folder, quiet_day: int
) -> None:
    ben.default("calendar").create(**_at(quiet_day, 9, title="Bens secret"))

    answer = calendar.try_create(**_at(quiet_day, 9), participants=ox.user(ben.id, "accept"))

    assert answer.outcome == ("409", "1006")
    assert answer.collisions == [("", quiet_day + 9 * ox.HOUR, quiet_day + 10 * ox.HOUR, "false")]


def test_the_private_appointment_of_another_collides_without_its_title(
    anna: OxUser, ben: OxUser, title: str, quiet_day: int
) -> None:
    shared = ben.make_folder("calendar", title, ox.right(anna.id, "2/4/0/0"))
    shared.create(**_at(quiet_day, 9, title="Doctor"), private_flag=True)

    answer = anna.default("calendar").try_create(
        **_at(quiet_day, 9), participants=ox.together(ox.user(anna.id, "accept"), ox.user(ben.id, "accept"))
    )

    assert [subject for subject, *_ in answer.collisions] == [""]


def test_who_declined_is_not_busy(anna: OxUser, ben: OxUser, calendar: Folder, quiet_day: int) -> None:
    both = ox.together(ox.user(ben.id, "accept"), ox.user(anna.id))
    made = ben.default("calendar").create(**_at(quiet_day, 9), participants=both)
    anna.write_well("calendar", object_id=made.id, method="CONFIRM", confirm="decline")

    calendar.create(**_at(quiet_day, 9))


def test_an_update_that_moves_the_time_collides(calendar: Folder, quiet_day: int) -> None:
    calendar.create(**_at(quiet_day, 9, title="First"))
    second = calendar.create(**_at(quiet_day, 11, title="Second"))

    answer = calendar.try_update(second, start_date=quiet_day + 9 * ox.HOUR, end_date=quiet_day + 10 * ox.HOUR)

    assert answer.outcome == ("409", "1006")
    assert answer["object_id"] == str(second.id)
    assert [subject for subject, *_ in answer.collisions] == ["First"]
    assert calendar.load(second)["start_date"] == str(quiet_day + 11 * ox.HOUR)


def test_an_update_of_something_else_does_not_look_for_collisions(calendar: Folder, quiet_day: int) -> None:
    calendar.create(**_at(quiet_day, 9))
    second = calendar.create(**_at(quiet_day, 9), ignore_conflicts=True)

    calendar.update(second, title="Renamed")


def test_an_appointment_does_not_collide_with_itself(calendar: Folder, quiet_day: int) -> None:
    made = calendar.create(**_at(quiet_day, 9, 2))

    calendar.update(made, start_date=quiet_day + 10 * ox.HOUR, end_date=quiet_day + 11 * ox.HOUR)


def test_a_series_collides_with_a_single_appointment_weeks_later(calendar: Folder, quiet_day: int) -> None:
    later = quiet_day + 14 * ox.DAY
    calendar.create(**_at(later, 3.25, 0.1, title="Later"))

    answer = calendar.try_create(**_at(quiet_day, 3, 0.5), recurrence_type="weekly", interval=1,
                                 days=_mask(quiet_day), occurrences=4)  # fmt: skip

    assert answer.outcome == ("409", "1006")
    assert ("Later", later + round(3.25 * ox.HOUR)) in [(subject, start) for subject, start, *_ in answer.collisions]


def test_a_single_appointment_collides_with_an_occurrence_of_a_series(calendar: Folder, quiet_day: int) -> None:
    calendar.create(**_at(quiet_day, 2, 0.25, title="Series"), recurrence_type="weekly", interval=1,
                    days=_mask(quiet_day), occurrences=4, ignore_conflicts=True)  # fmt: skip

    answer = calendar.try_create(**_at(quiet_day + 21 * ox.DAY, 2, 0.25))

    assert ("Series", quiet_day + 21 * ox.DAY + 2 * ox.HOUR) in [c[:2] for c in answer.collisions]
    calendar.create(**_at(quiet_day + 28 * ox.DAY, 2, 0.25))


def test_a_deleted_occurrence_is_free_time(calendar: Folder, quiet_day: int) -> None:
    series = calendar.create(**_at(quiet_day, 1, 0.25), recurrence_type="daily", interval=7, occurrences=3,
                             ignore_conflicts=True)  # fmt: skip
    calendar.delete(series, recurrence_date_position=quiet_day + 7 * ox.DAY)

    calendar.create(**_at(quiet_day + 7 * ox.DAY, 1, 0.25))


def test_a_whole_day_collides(calendar: Folder, quiet_day: int) -> None:
    calendar.create(title="Fair", start_date=quiet_day, end_date=quiet_day + ox.DAY, full_time=True, shown_as=3)

    answer = calendar.try_create(**_at(quiet_day, 9))

    assert answer.collisions == [("Fair", quiet_day, quiet_day + ox.DAY, "true")]


def test_a_room_cannot_be_booked_twice_even_by_force(
    anna: OxUser, ben: OxUser, room: int, quiet_day: int, calendar: Folder
) -> None:
    calendar.create(**_at(quiet_day, 9), participants=ox.resource(room))

    answer = ben.default("calendar").try_create(
        **_at(quiet_day, 9.5), participants=ox.resource(room), ignore_conflicts=True
    )

    assert answer.outcome == ("409", "1006")
    assert len(answer.collisions) == 1
    ben.default("calendar").create(**_at(quiet_day, 10), participants=ox.resource(room))


def test_a_title_in_a_collision_is_written_as_xml(calendar: Folder, quiet_day: int) -> None:
    calendar.create(**_at(quiet_day, 9, title="<&> \"quoted\" 'ä€𝄞'"))

    answer = calendar.try_create(**_at(quiet_day, 9))

    assert [subject for subject, *_ in answer.collisions] == ["<&> \"quoted\" 'ä€𝄞'"]


def test_the_elements_of_a_collision_are_in_the_dav_namespace(calendar: Folder, quiet_day: int) -> None:
    calendar.create(**_at(quiet_day, 9))
    body = ox.propertyupdate(ox.block(folder_id=calendar.id, **_at(quiet_day, 9)))

    text = calendar.user.send("PROPPATCH", "calendar", body).text

    start, end = quiet_day + 9 * ox.HOUR, quiet_day + 10 * ox.HOUR
    assert f'<D:conflictitem ox:subject="Meeting">{start},{end},false</D:conflictitem>' in text
    assert "<D:conflictitems>" in text


def test_a_batch_sees_the_collisions_within_itself(calendar: Folder, quiet_day: int) -> None:
    answers = calendar.user.write("calendar", *[ox.block(folder_id=calendar.id, **_at(quiet_day, 9))] * 2)

    assert [answer.outcome for answer in answers] == [("200", "1200"), ("409", "1006")]


def _mask(day: int) -> int:
    """The bit of a day's weekday: Sunday 1, Monday 2 and so on; 1 January 1970 was a Thursday."""
    return 1 << ((day // ox.DAY + 4) % 7)
