"""Single rules of the mapping: dates, zones, ids, and what is kept beside an item."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from passerelle.model.items import Appointment, Contact, DistributionList, Member, Task
from passerelle.model.moments import WholeDays
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.outlook.mapping import dates
from passerelle.peers.outlook.mapping.globalid import global_id, uid_of
from passerelle.peers.outlook.mapping.kept import Kept, combined, hidden, keep, restore
from passerelle.peers.outlook.mapping.projection import carries
from passerelle.peers.outlook.mapping.zones import iana_zone, windows_zone

DAY = WholeDays(start=date(2026, 12, 1), end=date(2026, 12, 2))


def test_the_digits_of_a_date_count_and_not_its_zone() -> None:
    assert dates.wall(datetime(2026, 7, 1, 9, 30, 59, tzinfo=UTC)) == datetime(2026, 7, 1, 9, 30)  # noqa: DTZ001 - digits


def test_the_year_4501_is_no_date() -> None:
    assert dates.wall(datetime(4501, 1, 1, tzinfo=UTC)) is None
    assert dates.given(None) == datetime(4501, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("year", "given"), [(1066, 1601), (9000, 4500)])
def test_a_date_outside_of_outlooks_years_becomes_the_nearest(year: int, given: int) -> None:
    assert dates.given(date(year, 12, 31)).year == given


@pytest.mark.parametrize(
    ("iana", "windows"),
    [
        ("Europe/Berlin", "W. Europe Standard Time"),
        ("Europe/Zurich", "W. Europe Standard Time"),
        ("Asia/Kolkata", "India Standard Time"),
        ("America/Toronto", "Eastern Standard Time"),
        ("UTC", "UTC"),
        ("Etc/UTC", "UTC"),
    ],
)
def test_each_zone_has_a_windows_zone(iana: str, windows: str) -> None:
    assert windows_zone(iana, "Europe/Berlin") == windows


def test_the_profiles_own_zone_is_preferred_to_others_alike() -> None:
    assert windows_zone("Europe/Brussels", "Europe/Paris") == "Romance Standard Time"
    assert windows_zone("Europe/Brussels", "Europe/Berlin") == "W. Europe Standard Time"


def test_a_windows_zone_is_known_by_its_chief_zone() -> None:
    assert iana_zone("Tokyo Standard Time") == "Asia/Tokyo"
    assert iana_zone("Customized Time Zone") is None


@pytest.mark.parametrize("uid", ["a@b", "ünï-çødé", "0A", "040000008200E00074C5B7101A82E008" + "0" * 48])
def test_a_uid_survives_the_global_object_id(uid: str) -> None:
    assert uid_of(global_id(uid)) == uid


def test_a_foreign_uid_is_wrapped_as_outlook_wraps_it() -> None:
    found = bytes.fromhex(global_id("x@y"))
    assert found[40:] == b"vCal-Uid\x01\0\0\0x@y\0"
    assert int.from_bytes(found[36:40], "little") == len(found[40:])


def test_an_occurrences_id_is_that_of_its_series() -> None:
    own = "040000008200E00074C5B7101A82E008"
    assert uid_of(own + "07EA0C01" + "AB" * 20) == uid_of(own + "00000000" + "AB" * 20)


def test_what_outlook_cannot_say_is_true_as_long_as_it_says_the_same() -> None:
    item, plain = Contact(first_name="Anna\tMaria", more_info="x"), Contact(first_name="Anna Maria")
    kept = keep(item, plain)
    assert restore(plain, kept) == item
    changed = replace(plain, first_name="Anne")
    assert restore(changed, kept) == Contact(first_name="Anne", more_info="x")


def test_the_servers_html_stands_until_the_text_changes() -> None:
    item = Task(note="Buy milk", note_html="<p style='x'>Buy <big>milk</big></p>")
    plain = Task(note="Buy milk")
    kept = keep(item, plain)
    assert restore(plain, kept) == item
    assert (
        restore(Task(note="Buy bread", note_html="<p>Buy <b>bread</b></p>"), kept).note_html
        == "<p>Buy <b>bread</b></p>"
    )


def _user(number: int, **parts: object) -> Participant:
    return Participant(kind=ParticipantKind.USER, id=number, **parts)  # type: ignore[arg-type]  # named by the test


def test_one_answer_that_changes_in_outlook_leaves_the_other_participants_as_they_are() -> None:
    group = Participant(kind=ParticipantKind.GROUP, id=9, message="all of us")
    item = Appointment(when=DAY, participants=(_user(1, message="mine"), _user(2, message="theirs"), group))
    plain = Appointment(when=DAY, participants=(_user(1, mail="a@x"), _user(2, mail="b@x")))
    kept = keep(item, plain)
    now = replace(plain, participants=(_user(1, mail="a@x", answer=Answer.ACCEPTED), _user(3, mail="c@x")))
    assert restore(now, kept).participants == (
        _user(1, message="mine", answer=Answer.ACCEPTED),
        group,
        _user(3, mail="c@x"),
    )


def test_an_occurrence_that_is_deleted_in_outlook_leaves_the_rule_as_it_is() -> None:
    def midnight(day: int) -> datetime:
        return datetime(2026, 12, day, tzinfo=UTC)

    rule = Rule(frequency=Frequency.DAILY, count=9)
    item = Appointment(when=DAY, recurrence=Recurrence(rules=(rule,), deleted=(midnight(2),)))
    shown = Rule(frequency=Frequency.DAILY, until=midnight(9))
    plain = Appointment(when=DAY, recurrence=Recurrence(rules=(shown,), deleted=(midnight(2),)))
    kept = keep(item, plain)
    now = replace(plain, recurrence=Recurrence(rules=(shown,), deleted=(midnight(2), midnight(4))))
    assert restore(now, kept).recurrence == Recurrence(rules=(rule,), deleted=(midnight(2), midnight(4)))
    moved = replace(now, when=WholeDays(start=date(2026, 12, 3), end=date(2026, 12, 4)))
    assert restore(moved, kept).recurrence == now.recurrence


def test_a_contact_stays_the_entry_of_a_list_when_another_one_goes() -> None:
    entry = Member(mail="a@x", name="A", contact=7, folder=3, email_field=1)
    item = DistributionList(members=(entry, Member(mail="b@x")))
    plain = DistributionList(members=(Member(mail="a@x", name="a@x"), Member(mail="b@x", name="b@x")))
    now = replace(plain, members=plain.members[:1])
    assert restore(now, keep(item, plain)).members == (entry,)


def test_what_was_not_written_keeps_what_was_kept_of_it() -> None:
    old = keep(Contact(more_info="old", branches="old"), Contact())
    new = keep(Contact(more_info="new", branches="new"), Contact())
    found = combined(old, new, frozenset({"branches"}), Contact())
    assert restore(Contact(), found) == Contact(more_info="old", branches="new")


def test_kept_things_of_an_item_that_was_of_another_kind_mean_nothing() -> None:
    assert restore(Task(title="x"), Kept(true={"first_name": "A"}, seen={"first_name": None})) == Task(title="x")


def test_kept_values_of_another_version_of_ours_mean_nothing() -> None:
    kept = Kept(true={"priority": "urgent"}, seen={"priority": None}, hidden=({"type": "meeting"},))
    assert restore(Task(title="x"), kept) == Task(title="x")
    assert hidden(kept) == ()


def test_all_is_carried_but_a_lists_picture() -> None:
    assert "photo" in carries(Contact())
    assert set(DistributionList().__struct_fields__) - carries(DistributionList()) == {"photo"}
