"""Random items for tests of the engine: few values a field, so that sides often agree and often clash."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from passerelle.model.items import Appointment, Contact, DistributionList, Item, Member, Task
from passerelle.model.moments import Day, Instant, Moment, Span, Timed, WholeDays
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
words = st.sampled_from([None, "red", "green", "blue"])
notes = st.sampled_from([None, "plain", "other"])
html = st.sampled_from([None, "<b>plain</b>", "<i>other</i>"])
keys = st.sets(st.sampled_from([START + timedelta(weeks=n) for n in range(4)])).map(lambda s: tuple(sorted(s)))


@st.composite
def timed(draw: st.DrawFn) -> Timed:
    start = START + timedelta(hours=draw(st.integers(0, 2)))
    zone = draw(st.sampled_from(["UTC", "Europe/Paris", "Europe/Berlin"]))
    return Timed(start=start, end=start + timedelta(hours=draw(st.integers(1, 2))), zone=zone)


days = st.builds(lambda n: WholeDays(start=date(2026, 3, n), end=date(2026, 3, n + 1)), st.integers(1, 3))
spans: st.SearchStrategy[Span] = st.one_of(timed(), timed(), days)
moments: st.SearchStrategy[Moment | None] = st.sampled_from(
    [None, Day(day=date(2026, 3, 2)), Instant(at=START), Instant(at=START, zone="Europe/Paris")]
)
rules = st.sampled_from(
    [
        Rule(frequency=Frequency.WEEKLY, by_day=(NthWeekday(Weekday.MONDAY),)),
        Rule(frequency=Frequency.DAILY, count=30),
    ]
)
recurrences = st.one_of(st.none(), st.builds(lambda r, d: Recurrence(rules=(r,), deleted=d), rules, keys))


@st.composite
def participants(draw: st.DrawFn) -> tuple[Participant, ...]:
    ids = draw(st.lists(st.integers(3, 5), unique=True))
    return tuple(Participant(kind=ParticipantKind.USER, id=id_, answer=draw(st.sampled_from(Answer))) for id_ in ids)


appointments = st.builds(
    Appointment,
    when=spans,
    title=words,
    location=words,
    note=notes,
    note_html=html,
    alarm=st.sampled_from([None, 5, 15]),
    categories=st.sampled_from([(), ("a",), ("b",), ("a", "b")]),
    participants=participants(),
    recurrence=recurrences,
    sequence=st.integers(0, 2),
)
tasks = st.builds(
    Task,
    title=words,
    note=notes,
    start=moments,
    due=moments,
    percent=st.sampled_from([0, 50]),
    participants=participants(),
)
contacts = st.builds(
    Contact,
    first_name=words,
    last_name=words,
    email1=words,
    note=notes,
    note_html=html,
    user_fields=st.lists(words, max_size=3).map(
        lambda fields: tuple(fields[: max((n + 1 for n, text in enumerate(fields) if text), default=0)])
    ),
)
lists = st.builds(
    DistributionList,
    display_name=words,
    members=st.lists(st.builds(Member, mail=st.sampled_from(["a@x", "b@x"])), unique=True).map(tuple),
)
items: st.SearchStrategy[Item] = st.one_of(appointments, tasks, contacts, lists)
same_kind: st.SearchStrategy[tuple[Item, Item, Item]] = st.one_of(
    *(st.tuples(kind, kind, kind) for kind in (appointments, tasks, contacts, lists))
)
