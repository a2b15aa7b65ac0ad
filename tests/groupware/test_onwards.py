"""An occurrence of a series and all that follow, changed or deleted at once: nothing lost, nothing twice, told once."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerelle.groupware.attachments import NewFile, Target
from passerelle.groupware.notices.deltas import What
from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction, Forbidden, Overlap, Stale
from passerelle.model.folders import Module
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment
from passerelle.model.moments import span_start
from passerelle.model.participants import Answer, Organizer
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from tests.groupware.office import MONDAY, READER, Office, answers_of, appointment_of, at, daily, meeting
from tests.groupware.test_notices import EVA, told

WEDNESDAY = MONDAY + timedelta(2)


def series(office: Office, count: int = 5, **fields: object) -> ItemRecord:
    item = meeting("Daily", recurrence=daily(count), **fields)  # type: ignore[arg-type]  # the fields of an appointment
    return office.session("anna").create(office.default("anna"), item)


def shown(office: Office, login: str = "anna", days: int = 14) -> list[tuple[str | None, datetime]]:
    """What somebody's calendar shows: titles and starts."""
    found = office.session(login).agenda([office.default(login)], MONDAY, MONDAY + timedelta(days))
    return [(entry.appointment.title, span_start(entry.span)) for entry in found]


def onwards(session: Session, record: ItemRecord, day: int, **patch: object) -> ItemRecord:
    return session.change_onwards(record.id, record.folder, MONDAY + timedelta(day), lambda _: patch)


def daily_at(hours: Sequence[int], titles: Sequence[str]) -> list[tuple[str, datetime]]:
    return [
        (title, at(hour, day=MONDAY + timedelta(day)).start)
        for day, (hour, title) in enumerate(zip(hours, titles, strict=True))
    ]


def test_what_follows_goes_on_as_a_series_of_its_own(office: Office) -> None:
    first = series(office)
    second = office.session("anna").change_onwards(
        first.id, first.folder, WEDNESDAY, lambda item: {"title": "Later", "when": at(15, day=WEDNESDAY)}
    )
    assert shown(office) == daily_at((10, 10, 15, 15, 15), ("Daily", "Daily", "Later", "Later", "Later"))
    assert second.id != first.id
    assert second.item.uid != first.item.uid
    assert office.session("anna").get(first.id, Module.CALENDAR).stamp > first.stamp


def test_from_the_first_occurrence_on_is_the_whole_series(office: Office) -> None:
    first = series(office)
    office.session("anna").delete_occurrence(first.id, first.folder, MONDAY)
    again = onwards(office.session("anna"), first, 1, title="All")
    assert (again.id, again.item.uid) == (first.id, first.item.uid)
    assert [title for title, _ in shown(office)] == ["All"] * 4


def test_a_change_of_nothing_parts_nothing(office: Office) -> None:
    first = series(office)
    assert onwards(office.session("anna"), first, 2).id == first.id
    assert office.session("anna").get(first.id, Module.CALENDAR) == first


def test_changed_and_deleted_occurrences_stay_so(office: Office) -> None:
    session, first = office.session("anna"), series(office)
    session.change_occurrence(first.id, first.folder, 2, lambda _: {"title": "Two"})
    session.change_occurrence(first.id, first.folder, 4, lambda _: {"title": "Four", "alarm": 3})
    session.delete_occurrence(first.id, first.folder, 5)
    second = onwards(session, first, 2, location="Elsewhere")
    assert [title for title, _ in shown(office)] == ["Daily", "Two", "Daily", "Four"]
    assert second.changed == (at(10, day=MONDAY + timedelta(3)).start,)
    four = session.agenda([first.folder], MONDAY + timedelta(3), MONDAY + timedelta(4))[0].record
    assert (four.master, four.item.uid, appointment_of(four).alarm) == (second.id, second.item.uid, 3)


def test_answers_and_reminders_of_others_go_along_and_files_too(office: Office) -> None:
    session, first = office.session("anna"), series(office, participants=office.invite("anna", "bruno"))
    bruno = office.session("bruno")
    bruno.confirm(first.id, Answer.ACCEPTED, "Gladly")
    bruno.update(first.id, office.default("bruno"), lambda _: {"alarm": 25})
    session.attach(
        Target(first.id, Module.CALENDAR), NewFile(name="a", media_type="text/plain", size=2, stream=io.BytesIO(b"hi"))
    )
    first = session.get(first.id, Module.CALENDAR)
    second = onwards(session, first, 2, title="Later")
    hers = bruno.get(second.id, Module.CALENDAR)
    assert appointment_of(hers).alarm == 25
    assert answers_of(hers)[office.user("bruno").id] == "accept"
    with session.open_attachment(Target(second.id, Module.CALENDAR), hers.attachments[0].id)[1] as stream:
        assert stream.read() == b"hi"
    assert answers_of(session.get(first.id, Module.CALENDAR))[office.user("bruno").id] == "accept"
    assert [title for title, _ in shown(office, "bruno")] == ["Daily", "Daily", "Later", "Later", "Later"]


def test_another_time_asks_again_for_what_follows_alone(office: Office) -> None:
    session, first = office.session("anna"), series(office, participants=office.invite("anna", "bruno"))
    office.session("bruno").confirm(first.id, Answer.ACCEPTED)
    second = onwards(session, first, 2, when=at(16, day=WEDNESDAY))
    assert answers_of(session.get(first.id, Module.CALENDAR))[office.user("bruno").id] == "accept"
    assert answers_of(second)[office.user("bruno").id] == "none"


def test_people_here_are_told_once_and_people_elsewhere_of_both_series(office: Office) -> None:
    first = series(office, participants=(*office.invite("anna", "bruno"), EVA))
    told(office)
    onwards(office.session("anna"), first, 2, title="Later")
    with office.store.reading() as tx:
        recipients = sorted(mail.recipient for mail in tx.outbox.unsent())
    assert recipients == ["bruno@example.org", "eva@elsewhere.example", "eva@elsewhere.example"]


def test_what_nobody_needs_to_know_is_told_to_nobody_here(office: Office) -> None:
    first = series(office, participants=office.invite("anna", "bruno"))
    told(office)
    onwards(office.session("anna"), first, 2, color_label=3)
    assert told(office) == set()


def test_who_comes_and_who_goes_is_told_of_what_follows(office: Office) -> None:
    first = series(office, participants=office.invite("anna", "bruno"))
    told(office)
    onwards(office.session("anna"), first, 2, participants=office.invite("anna", "carla"))
    assert told(office) == {("bruno", "internal", What.CANCELLED), ("carla", "internal", What.NEW)}
    assert len(shown(office, "bruno")) == 2
    assert len(shown(office, "carla")) == 3


def test_a_series_does_not_collide_with_its_own_past_but_with_others(office: Office) -> None:
    session = office.session("anna")
    first = series(office, participants=(office.invite_room(),))
    office.session("bruno").create(
        office.default("bruno"),
        meeting("Board", at(15, day=MONDAY + timedelta(3)), participants=(office.invite_room(),)),
    )
    onwards(session, first, 1, when=at(10, 30, day=MONDAY + timedelta(1)))
    before = shown(office)
    with pytest.raises(Overlap):
        onwards(session, _second(office), 2, when=at(15, day=WEDNESDAY))
    assert shown(office) == before


def _second(office: Office) -> ItemRecord:
    """The later of two series."""
    return office.session("anna").agenda([office.default("anna")], WEDNESDAY, WEDNESDAY + timedelta(1))[0].record


def test_all_that_follows_is_deleted_and_what_was_before_stays(office: Office) -> None:
    session, first = office.session("anna"), series(office)
    session.change_occurrence(first.id, first.folder, 4, lambda _: {"title": "Four"})
    session.delete_onwards(first.id, first.folder, WEDNESDAY)
    assert shown(office) == daily_at((10, 10), ("Daily", "Daily"))
    session.delete_onwards(first.id, first.folder, MONDAY)
    assert shown(office) == []


def test_who_was_invited_cannot_end_the_series_of_another(office: Office) -> None:
    first = series(office, participants=office.invite("anna", "bruno"))
    with pytest.raises(Contradiction):
        office.session("bruno").delete_onwards(first.id, office.default("bruno"), WEDNESDAY)
    assert len(shown(office)) == len(shown(office, "bruno")) == 5


def test_who_may_only_read_and_who_is_late_changes_nothing(office: Office) -> None:
    first = series(office)
    folder = office.share_default("anna", office.grant("bruno", READER))
    bruno = office.session("bruno")
    with pytest.raises(Forbidden):
        bruno.change_onwards(first.id, folder, WEDNESDAY, lambda _: {"title": "Mine"})
    with pytest.raises(Forbidden):
        bruno.delete_onwards(first.id, folder, WEDNESDAY)
    office.session("anna").update(first.id, folder, lambda _: {"title": "Newer"})
    with pytest.raises(Stale):
        office.session("anna").change_onwards(
            first.id, folder, WEDNESDAY, lambda _: {"title": "Older"}, expected=first.stamp
        )
    assert [title for title, _ in shown(office)] == ["Newer"] * 5


def test_what_somebody_elsewhere_organises_is_parted_by_nobody_here(office: Office) -> None:
    first = series(office, organizer=Organizer(mail="eva@elsewhere.example"))
    with pytest.raises(Forbidden):
        onwards(office.session("anna"), first, 2, title="Mine")
    with pytest.raises(Forbidden):
        office.session("anna").delete_onwards(first.id, first.folder, WEDNESDAY)


@pytest.mark.parametrize(("day", "code"), [(9, "APP-0075"), (1, "APP-0098")])
def test_what_is_no_occurrence_is_refused(office: Office, day: int, code: str) -> None:
    first = series(office)
    office.session("anna").delete_occurrence(first.id, first.folder, 2)
    with pytest.raises(Contradiction) as refusal:
        onwards(office.session("anna"), first, day, title="No")
    assert refusal.value.code == code


RULES = st.builds(
    Rule,
    frequency=st.sampled_from([Frequency.DAILY, Frequency.WEEKLY]),
    interval=st.integers(1, 3),
    count=st.one_of(st.none(), st.integers(3, 12)),
)


@given(rule=RULES, gone=st.sets(st.integers(2, 3)), position=st.integers(2, 12))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_series_is_its_two_parts_take_place_when_it_did(
    office: Office, rule: Rule, gone: set[int], position: int
) -> None:
    session, folder = office.session("anna"), office.default("anna")
    first = session.create(folder, meeting("One", recurrence=Recurrence(rules=(rule,))))
    for each in gone:
        session.delete_occurrence(first.id, folder, each)
    before = [moment for title, moment in shown(office, days=120) if title == "One"]
    try:
        second = session.change_onwards(first.id, folder, position, lambda _: {"title": "Two"})
    except Contradiction:
        assert position in gone or position > (rule.count or position)
        second = first
    after = shown(office, days=120)
    assert [moment for _, moment in after] == before
    starts = [moment for title, moment in after if title == "Two"]
    assert starts == (before[before.index(starts[0]) :] if starts else [])
    for id_ in {first.id, second.id}:
        session.delete(ItemId(id_))


def test_a_series_by_several_rules_that_no_rule_can_go_on_is_not_parted(office: Office) -> None:
    rules = (
        Rule(frequency=Frequency.WEEKLY, interval=2, by_day=(NthWeekday(Weekday.MONDAY),)),
        Rule(frequency=Frequency.DAILY, interval=3),
    )
    first = office.session("anna").create(office.default("anna"), meeting("Odd", recurrence=Recurrence(rules=rules)))
    with pytest.raises(Contradiction):
        onwards(office.session("anna"), first, 9, title="No")


def test_what_the_change_is_given_begins_where_it_begins(office: Office) -> None:
    first, given_ = series(office), list[Appointment]()

    def change(item: object) -> Patch:
        assert isinstance(item, Appointment)
        given_.append(item)
        return {"title": "Later"}

    office.session("anna").change_onwards(first.id, first.folder, WEDNESDAY, change)
    assert [item.when for item in given_] == [at(10, day=WEDNESDAY)]
