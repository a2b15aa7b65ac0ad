"""Who takes part, and where it is seen (OX reference, section 10.2; semantics 5.2)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value, Xml

START = ox.ms("2033-03-09 09:00")
MEETING: dict[str, Value] = {
    "title": "Meeting",
    "start_date": START,
    "end_date": START + ox.HOUR,
    "ignore_conflicts": True,
}


def _people(answer: Response) -> list[tuple[str, str, str]]:
    """Kind, number or address, and state of each participant."""
    return [
        (one["kind"], one.get("mail") or one["text"], one.get("confirm", "")) for one in answer.entries("participants")
    ]


def _meeting(folder: Folder, *people: Xml, **fields: Value) -> Response:
    return folder.create(**MEETING, participants=ox.together(*people), **fields)


def test_the_maker_of_a_private_appointment_takes_part_and_has_accepted(calendar: Folder, anna: OxUser) -> None:
    assert _people(calendar.load(calendar.create(**MEETING))) == [("user", str(anna.id), "accept")]


def test_the_maker_is_added_where_the_list_forgets_him(calendar: Folder, anna: OxUser, ben: OxUser) -> None:
    people = _people(calendar.load(_meeting(calendar, ox.user(ben.id))))

    assert sorted(people) == sorted([("user", str(anna.id), "accept"), ("user", str(ben.id), "none")])


def test_in_a_shared_folder_the_owner_takes_part_and_not_the_maker(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("calendar", title, ox.right(ben.id, "4/4/4/4"))

    made = shared.seen_by(ben).create(**MEETING)

    assert _people(shared.load(made)) == [("user", str(anna.id), "accept")]


def test_in_a_public_folder_the_maker_takes_part_where_nobody_was_named(anna: OxUser, ben: OxUser, title: str) -> None:
    public = anna.make_folder("calendar", title, parent=2)

    alone, other = public.create(**MEETING), _meeting(public, ox.user(ben.id))

    assert _people(public.load(alone)) == [("user", str(anna.id), "accept")]
    assert [who for _, who, _ in _people(public.load(other))] == [str(ben.id)]


def test_all_kinds_of_participants_come_back(calendar: Folder, anna: OxUser, ben: OxUser, team: int, room: int) -> None:
    list_outside = ox.element("group", None, external="true", mail="list@example.net", displayname="List")
    people = (ox.user(anna.id, "accept"), ox.user(ben.id), ox.group(team), ox.resource(room))
    made = _meeting(calendar, *people, ox.guest("guest@example.net", "Guest"), list_outside)

    entries = calendar.load(made).entries("participants")

    assert sorted((one["kind"], one["external"], one.get("mail") or one["text"]) for one in entries) == sorted(
        [
            ("user", "false", str(anna.id)),
            ("user", "false", str(ben.id)),
            ("group", "false", str(team)),
            ("resource", "false", str(room)),
            ("user", "true", "guest@example.net"),
            ("group", "true", "list@example.net"),
        ]
    )
    assert {one["displayname"] for one in entries if one["external"] == "true"} == {"Guest", "List"}


def test_the_state_is_told_of_users_only(calendar: Folder, anna: OxUser, team: int) -> None:
    made = _meeting(calendar, ox.user(anna.id, "accept"), ox.group(team), ox.guest("guest@example.net"))

    entries = calendar.load(made).entries("participants")

    assert [("confirm" in one) for one in entries if one["kind"] == "group"] == [False]
    assert [one["confirm"] for one in entries if (one["kind"], one["external"]) == ("user", "false")] == ["accept"]


@pytest.mark.parametrize("state", ["none", "accept", "decline", "tentative"])
def test_states_given_on_creation_are_stored(calendar: Folder, ben: OxUser, state: str) -> None:
    made = _meeting(calendar, ox.user(ben.id, state))

    assert ("user", str(ben.id), state) in _people(calendar.load(made))


def test_external_may_be_left_out_for_people_inside(calendar: Folder, ben: OxUser) -> None:
    made = _meeting(calendar, Xml(f"<ox:user>{ben.id}</ox:user>"))

    assert ("user", str(ben.id), "none") in _people(calendar.load(made))


def test_the_same_appointment_stands_in_each_users_default_calendar(anna: OxUser, ben: OxUser, carl: OxUser) -> None:
    made = _meeting(anna.default("calendar"), ox.user(ben.id))

    bens = ben.default("calendar")
    copy = bens.load(made)
    assert (copy.id, copy["title"], copy["folder_id"]) == (made.id, "Meeting", str(bens.id))
    assert made.id in bens.live(made.last_modified)
    assert carl.default("calendar").try_load(made).outcome == ("404", "1001")


def test_a_copy_can_be_loaded_by_its_number_alone(anna: OxUser, ben: OxUser) -> None:
    made = _meeting(anna.default("calendar"), ox.user(ben.id))

    assert ben.load("calendar", made.id)["folder_id"] == str(ben.default("calendar").id)


def test_members_of_an_invited_group_see_it_too(anna: OxUser, ben: OxUser, carl: OxUser, team: int) -> None:
    made = _meeting(anna.default("calendar"), ox.group(team))

    ben.default("calendar").load(made)
    assert carl.default("calendar").try_load(made).status == "404"
    assert ("group", str(team), "") in _people(ben.default("calendar").load(made))


def test_who_is_taken_off_the_list_sees_a_deletion(anna: OxUser, ben: OxUser) -> None:
    mine, bens = anna.default("calendar"), ben.default("calendar")
    made = _meeting(mine, ox.user(anna.id, "accept"), ox.user(ben.id))

    mine.update(made, participants=ox.user(anna.id, "accept"), ignore_conflicts=True)

    assert made.id in bens.gone(made.last_modified + 1)
    assert made.id not in bens.live()
    assert made.id in mine.live()


def test_who_is_put_on_the_list_sees_a_new_appointment(anna: OxUser, ben: OxUser) -> None:
    mine, bens = anna.default("calendar"), ben.default("calendar")
    made = mine.create(**MEETING)

    mine.update(made, participants=ox.together(ox.user(anna.id), ox.user(ben.id)), ignore_conflicts=True)

    assert made.id in bens.live(made.last_modified + 1)


def test_a_given_list_replaces_the_old_one(calendar: Folder, anna: OxUser, ben: OxUser, carl: OxUser) -> None:
    made = _meeting(calendar, ox.user(ben.id), ox.guest("guest@example.net"))

    calendar.update(made, participants=ox.together(ox.user(anna.id, "accept"), ox.user(carl.id)), ignore_conflicts=True)

    assert [who for _, who, _ in _people(calendar.load(made))] == [str(anna.id), str(carl.id)]


def test_an_absent_list_keeps_the_old_one(calendar: Folder, ben: OxUser) -> None:
    made = _meeting(calendar, ox.user(ben.id), ox.guest("guest@example.net"))
    before = _people(calendar.load(made))

    calendar.update(made, title="Renamed", ignore_conflicts=True)

    assert _people(calendar.load(made)) == before


def test_the_owner_stays_when_a_list_forgets_him(calendar: Folder, anna: OxUser, ben: OxUser) -> None:
    made = _meeting(calendar, ox.user(anna.id, "accept"), ox.user(ben.id))

    answer = calendar.try_update(made, participants=ox.user(ben.id), ignore_conflicts=True)

    assert answer.status == "200" or "APP-0076" in answer.description
    assert str(anna.id) in [who for _, who, _ in _people(calendar.load(made))]


@pytest.mark.parametrize(
    ("people", "code"),
    [
        (ox.guest(""), "APP-0008"),
        (ox.element("user", None, external="true"), "APP-0008"),
        (ox.element("user", "/o=Example/cn=Recipients/cn=guest", external="true", displayname="Guest"), "APP-0008"),
        (ox.together(ox.guest("twice@example.net"), ox.guest("twice@example.net")), "APP-0106"),
        (ox.together(ox.guest("Twice@example.net"), ox.guest("twice@example.NET")), "APP-0106"),
    ],
)
def test_people_from_outside_need_an_address_of_their_own(calendar: Folder, people: Xml, code: str) -> None:
    answer = calendar.try_create(**MEETING, participants=people)

    assert answer.status == "409"
    assert code in answer.description
    assert calendar.changes() == []


@pytest.mark.parametrize(
    "people",
    [
        ox.user(99_999_999),
        ox.group(99_999_999),
        ox.resource(99_999_999),
        ox.user(-1),
        ox.user(2**63),
        Xml("<ox:user>somebody</ox:user>"),
        Xml("<ox:user/>"),
        Xml("<ox:user>1.5</ox:user>"),
        Xml('<ox:user ox:confirm="perhaps">1</ox:user>'),
        Xml("<ox:robot>1</ox:robot>"),
        Xml("<ox:user><ox:user>1</ox:user></ox:user>"),
    ],
)
def test_people_who_cannot_be_are_refused(calendar: Folder, people: Xml) -> None:
    answer = calendar.try_create(**MEETING, participants=people)

    assert answer.status in {"400", "404", "409", "500"}
    assert answer.code in {"1001", "1003", "1004", "1100", "1400"}
    assert calendar.changes() == []


def test_somebody_named_twice_takes_part_once(calendar: Folder, ben: OxUser) -> None:
    answer = calendar.try_create(**MEETING, participants=ox.together(ox.user(ben.id), ox.user(ben.id)))

    if answer.status == "200":
        assert [who for _, who, _ in _people(calendar.load(answer))].count(str(ben.id)) == 1


def test_a_participant_may_change_the_appointment_in_the_own_calendar(anna: OxUser, ben: OxUser) -> None:
    mine, bens = anna.default("calendar"), ben.default("calendar")
    made = _meeting(mine, ox.user(ben.id))

    bens.update(bens.load(made), title="Renamed by ben", ignore_conflicts=True)

    assert mine.load(made)["title"] == "Renamed by ben"


def test_a_participant_who_deletes_leaves_and_the_others_keep_it(anna: OxUser, ben: OxUser) -> None:
    mine, bens = anna.default("calendar"), ben.default("calendar")
    made = _meeting(mine, ox.user(ben.id))

    bens.delete(bens.load(made))

    assert made.id in bens.gone(made.last_modified)
    assert made.id not in bens.live()
    assert ("user", str(ben.id), "none") not in _people(mine.load(made))


def test_when_the_owner_deletes_it_is_gone_for_all(anna: OxUser, ben: OxUser) -> None:
    mine, bens = anna.default("calendar"), ben.default("calendar")
    made = _meeting(mine, ox.user(ben.id))

    mine.delete(made)

    assert made.id in bens.gone(made.last_modified)
    assert made.id in mine.gone(made.last_modified)


def test_a_change_has_one_version_for_all_who_take_part(anna: OxUser, ben: OxUser) -> None:
    mine, bens = anna.default("calendar"), ben.default("calendar")
    made = _meeting(mine, ox.user(ben.id))

    changed = mine.update(made, title="Renamed", ignore_conflicts=True)

    assert bens.load(made).last_modified == changed.last_modified == mine.load(made).last_modified


def test_kdes_answer_to_a_meeting_keeps_only_the_users_it_knows(
    calendar: Folder, anna: OxUser, ben: OxUser, team: int
) -> None:
    made = _meeting(calendar, ox.user(anna.id, "accept"), ox.user(ben.id), ox.group(team), ox.guest("g@example.net"))
    kdes = Xml(f'<ox:user ox:confirm="accept">{anna.id}</ox:user><ox:user ox:confirm="none">{ben.id}</ox:user>')

    calendar.update(made, participants=kdes, ignore_conflicts=True)

    assert sorted(_people(calendar.load(made))) == sorted(
        [("user", str(anna.id), "accept"), ("user", str(ben.id), "none")]
    )


def test_a_change_that_takes_it_out_of_the_folder_it_came_through_answers_with_the_new_version(
    anna: OxUser, ben: OxUser, team: int
) -> None:
    mine, bens = anna.default("calendar"), ben.default("calendar")
    made = _meeting(mine, ox.group(team))

    changed = bens.update(made, participants=ox.user(anna.id), ignore_conflicts=True)

    assert changed.last_modified == mine.load(made).last_modified > made.last_modified
    assert bens.try_load(made).outcome == ("404", "1001")


def test_who_leaves_a_meeting_with_a_change_cannot_carry_it_off_with_the_same(
    anna: OxUser, ben: OxUser, team: int, title: str
) -> None:
    mine, bens = anna.default("calendar"), ben.default("calendar")
    public = ben.make_folder("calendar", title, parent=2)
    made = _meeting(mine, ox.group(team))

    answer = bens.try_update(made, participants=ox.user(anna.id), folder=public.id, ignore_conflicts=True)

    assert answer.outcome == ("404", "1001")
    assert mine.load(made).last_modified == made.last_modified
    assert public.listed() == []
