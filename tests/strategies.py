"""Random values of the model for property tests: items of all kinds, folders, records, and their parts.

All values are ones that the model allows: instants in UTC, unset texts None rather than empty, series whose
deleted keys are occurrences. ``plain`` asks for values that formats without our extensions can say as well.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from passerelle.model.folders import Folder, FolderType, Module, Right, Rights
from passerelle.model.ids import AttachmentId, FolderId, ItemId, Stamp, UserId
from passerelle.model.items import (
    Appointment,
    Contact,
    DistributionList,
    ForeignProperty,
    Item,
    Member,
    Photo,
    Priority,
    ShownAs,
    Task,
    TaskStatus,
)
from passerelle.model.moments import EPOCH, Day, Instant, Moment, Span, Timed, WholeDays, midnight
from passerelle.model.occurrences import occurrences
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind, Role
from passerelle.model.principals import PrincipalKind
from passerelle.model.records import Attachment, ItemRecord
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday

ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kolkata", "Pacific/Auckland")

_ONE_LINE = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
_LINES = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff", include_characters="\t\n\r"
)
"""What XML 1.0 and iCalendar can both carry, without and with line ends and tabs."""


def texts(max_size: int = 60) -> SearchStrategy[str]:
    """Texts of several lines, never empty."""
    return st.text(_LINES, min_size=1, max_size=max_size) | st.sampled_from(_AWKWARD)


_AWKWARD = (" <b>&amp;</b> ", "]]>", '"quoted\\" \\n', "a\r\nb\rc\n", "a,b;c:d", "x" * 300)


def words(max_size: int = 20) -> SearchStrategy[str]:
    """Texts of one line without white space around them or commas in them, never empty."""
    return st.text(_ONE_LINE, min_size=1, max_size=max_size).filter(_is_word) | st.sampled_from(["<&>", "O'Neill", '"'])


def _is_word(text: str) -> bool:
    return "," not in text and text == text.strip() and len(text.splitlines()) == 1


def maybe(strategy: SearchStrategy[str]) -> SearchStrategy[str | None]:
    """None, or one of the strategy's."""
    return st.none() | strategy


def mails() -> SearchStrategy[str]:
    """Mail addresses."""
    return st.from_regex(r"[a-z]{1,8}@[a-z]{1,8}\.example", fullmatch=True)


_MINUTES = st.integers(10 * 525_600, 90 * 525_600)
"""Minutes since 1970, of the years 1980 to 2060 or so."""


_RECENT_MINUTES = st.integers(30 * 525_600, 45 * 525_600)
"""Minutes of the years 2000 to 2015 or so."""


def instants(*, plain: bool = False, recent: bool = False) -> SearchStrategy[datetime]:
    """Instants between 1980 and 2060, recent ones of 2000 to 2015; plain ones are whole minutes and no midnights."""
    minutes = _RECENT_MINUTES if recent else _MINUTES
    if plain:
        return minutes.filter(lambda count: count % 1440 > 0).map(lambda count: EPOCH + timedelta(minutes=count))
    odd = st.sampled_from([0, 0, 1_000, 1, 59_999_999])
    return st.builds(lambda count, rest: EPOCH + timedelta(minutes=count, microseconds=rest), minutes, odd)


def days(*, recent: bool = False) -> SearchStrategy[date]:
    """Days between 1900 and 2100, recent ones of 2000 to 2015."""
    if recent:
        return st.dates(date(2000, 1, 1), date(2015, 1, 1))
    return st.dates(date(1900, 1, 1), date(2100, 1, 1))


@st.composite
def spans(draw: st.DrawFn, *, plain: bool = False, recent: bool = False) -> Span:
    """Spans of minutes to days, or of one or more whole days."""
    if draw(st.booleans()):
        first = draw(days(recent=recent))
        return WholeDays(start=first, end=first + timedelta(days=draw(st.integers(1, 10))))
    start = draw(instants(plain=plain, recent=recent))
    end = start + timedelta(minutes=draw(st.integers(0, 3000)))
    if plain:
        return Timed(start=start, end=end)
    return Timed(
        start=start,
        end=end,
        zone=draw(st.sampled_from(ZONES)),
        end_zone=draw(st.none() | st.sampled_from(ZONES)),
        floating=draw(st.booleans()),
    )


def moments(*, plain: bool = False) -> SearchStrategy[Moment]:
    """Days, or instants."""
    if plain:
        return st.builds(Day, day=days()) | st.builds(Instant, at=instants(plain=True))
    at = st.builds(Instant, at=instants(), zone=st.sampled_from(ZONES), floating=st.booleans())
    return st.builds(Day, day=days()) | at


def participants(*, plain: bool = False) -> SearchStrategy[tuple[Participant, ...]]:
    """Several parties, each once."""
    one = _internal(plain=plain) | _external(plain=plain)
    return st.lists(one, max_size=5, unique_by=lambda each: each.identity).map(tuple)


@st.composite
def _internal(draw: st.DrawFn, *, plain: bool) -> Participant:
    kind = draw(st.sampled_from([ParticipantKind.USER, ParticipantKind.GROUP, ParticipantKind.RESOURCE]))
    number = draw(st.integers(1, 50))
    if plain:
        answer = draw(st.sampled_from(Answer)) if kind is ParticipantKind.USER else Answer.NONE
        return Participant(kind=kind, id=number, answer=answer)
    return Participant(
        kind=kind,
        id=number,
        mail=draw(st.just("") | mails()),
        name=draw(st.just("") | words()),
        answer=draw(st.sampled_from(Answer)),
        message=draw(st.just("") | words()),
        role=draw(st.sampled_from(Role)),
    )


@st.composite
def _external(draw: st.DrawFn, *, plain: bool) -> Participant:
    kind = draw(st.sampled_from([ParticipantKind.EXTERNAL, ParticipantKind.EXTERNAL_GROUP]))
    mail, name = draw(mails()), draw(st.just("") | words())
    if plain:
        return Participant(kind=kind, mail=mail, name=name)
    answer, role = draw(st.sampled_from(Answer)), draw(st.sampled_from(Role))
    return Participant(kind=kind, mail=mail, name=name, answer=answer, role=role)


def organizers() -> SearchStrategy[Organizer]:
    """A user here, or somebody with an address."""
    return st.builds(Organizer, id=st.integers(1, 50)) | st.builds(Organizer, mail=mails(), name=words())


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """Rules as calendar programs make them: simple ones, and some that OX patterns cannot say."""
    frequency = draw(st.sampled_from([Frequency.DAILY, Frequency.WEEKLY, Frequency.MONTHLY, Frequency.YEARLY]))
    parts: dict[str, object] = {"frequency": frequency, "interval": draw(st.integers(1, 4))}
    if frequency is Frequency.WEEKLY:
        chosen = draw(st.lists(st.sampled_from(Weekday), max_size=4, unique=True))
        parts["by_day"] = tuple(NthWeekday(one) for one in sorted(chosen))
    if frequency is Frequency.MONTHLY:
        parts |= draw(_monthly())
    if frequency is Frequency.YEARLY:
        parts |= draw(_yearly())
    if draw(st.booleans()):
        parts["count"] = draw(st.integers(1, 12))
    return Rule(**parts)  # type: ignore[arg-type]  # each part is drawn for its attribute


def _monthly() -> SearchStrategy[dict[str, object]]:
    nth = st.builds(NthWeekday, st.sampled_from(Weekday), st.sampled_from([1, 2, 3, 4, -1]))
    month_days = st.lists(st.sampled_from([1, 5, 15, 28, -1]), min_size=1, max_size=2, unique=True)
    nothing: SearchStrategy[dict[str, object]] = st.just({})
    by_day: SearchStrategy[dict[str, object]] = nth.map(lambda one: {"by_day": (one,)})
    by_month_day: SearchStrategy[dict[str, object]] = month_days.map(
        lambda listed: {"by_month_day": tuple(sorted(listed))}
    )
    return nothing | by_day | by_month_day


def _yearly() -> SearchStrategy[dict[str, object]]:
    months = st.lists(st.integers(1, 12), min_size=1, max_size=2, unique=True)
    return st.just({}) | months.map(lambda listed: {"by_month": tuple(sorted(listed)), "by_month_day": (10,)})


@st.composite
def recurrences(draw: st.DrawFn, when: Span) -> Recurrence:
    """A series from ``when`` on: one rule, sometimes additional dates, and deleted occurrences."""
    whole = isinstance(when, WholeDays)
    start = midnight(when.start) if isinstance(when, WholeDays) else when.start
    later = st.integers(1, 400).map(lambda count: start + timedelta(days=count, hours=0 if whole else 1))
    recurrence = Recurrence(rules=(draw(rules()),), dates=tuple(sorted(draw(st.sets(later, max_size=2)))))
    first = [one.key for one in islice(occurrences(when, recurrence), 6)]
    deleted = draw(st.sets(st.sampled_from(first[1:]))) if first[1:] else set()
    return Recurrence(rules=recurrence.rules, dates=recurrence.dates, deleted=tuple(sorted(deleted)))


@st.composite
def _common(draw: st.DrawFn, *, plain: bool) -> dict[str, object]:
    found: dict[str, object] = {
        "note": draw(maybe(texts(200))),
        "categories": tuple(draw(st.lists(words(), max_size=3, unique=True))),
        "private": draw(st.booleans()),
    }
    if plain:
        return found
    found |= {
        "uid": draw(maybe(words())),
        "note_html": draw(maybe(texts(200))),
        "color_label": draw(st.integers(0, 10)),
        "foreign": tuple(draw(st.lists(_foreign(), max_size=2))),
    }
    if draw(st.booleans()):
        found["categories"] = (*draw(st.lists(words(), max_size=1)), "one, with a comma")
    return found


def _foreign() -> SearchStrategy[ForeignProperty]:
    names = st.from_regex(r"X-[A-Z]{1,8}", fullmatch=True)
    return st.builds(ForeignProperty, st.sampled_from(["icalendar", "vcard"]), names, texts())


@st.composite
def appointments(draw: st.DrawFn, *, plain: bool = False, series: bool | None = None) -> Appointment:
    """Single appointments and, unless ``series`` is False, masters; True makes masters only."""
    repeats = draw(st.booleans()) if series is None else series
    # series far from today would only make examples slow: formats write out decades of them
    when = draw(spans(plain=plain, recent=repeats))
    found = draw(_common(plain=plain)) | {
        "when": when,
        "title": draw(maybe(texts())),
        "location": draw(maybe(texts())),
        "shown_as": draw(st.sampled_from(ShownAs)),
        "alarm": draw(st.none() | st.integers(0 if plain else -60, 10080)),
        "participants": draw(participants(plain=plain)),
        "recurrence": draw(recurrences(when)) if repeats else None,
    }
    if not plain:
        found |= {
            "organizer": draw(st.none() | organizers()),
            "contacts": tuple(draw(st.lists(words(), max_size=2))),
            "url": draw(maybe(words())),
            "sequence": draw(st.integers(0, 5)),
            "cancelled": draw(st.booleans()),
        }
        if not repeats and draw(st.booleans()):
            found["recurrence_id"] = draw(instants())
    return Appointment(**found)  # type: ignore[arg-type]  # each value is drawn for its attribute


@st.composite
def tasks(draw: st.DrawFn, *, plain: bool = False) -> Task:
    """Tasks, some with dates, some of them recurring."""
    start = draw(st.none() | st.builds(Day, day=days(recent=True)) | moments(plain=plain))
    found = draw(_common(plain=plain)) | {
        "title": draw(maybe(texts())),
        "start": start,
        "due": _after(start, draw(st.integers(0, 20))) if draw(st.booleans()) else None,
        "status": draw(st.sampled_from(TaskStatus)),
        "percent": draw(st.integers(0, 100)),
        "priority": draw(st.none() | st.sampled_from(Priority)),
        "completed": draw(st.none() | instants(plain=plain)),
        "alarm": draw(st.none() | instants(plain=plain)),
        "target_duration": draw(st.none() | st.integers(0, 10**6)),
        "actual_duration": draw(st.none() | st.integers(0, 10**6)),
        "target_costs": draw(st.none() | costs()),
        "actual_costs": draw(st.none() | costs()),
        "participants": draw(participants(plain=plain)),
        **{name: draw(maybe(texts())) for name in ("currency", "billing_information", "companies", "trip_meter")},
    }
    if not plain:
        found |= {
            "organizer": draw(st.none() | organizers()),
            "contacts": tuple(draw(st.lists(words(), max_size=2))),
            "url": draw(maybe(words())),
            "location": draw(maybe(words())),
            "sequence": draw(st.integers(0, 5)),
        }
    if isinstance(start, Day) and start.day.year in range(2000, 2016) and found["due"] and draw(st.booleans()):
        found["recurrence"] = draw(recurrences(WholeDays(start=start.day, end=start.day + timedelta(days=1))))
    return Task(**found)  # type: ignore[arg-type]  # each value is drawn for its attribute


def _after(start: Moment | None, count: int) -> Moment | None:
    if isinstance(start, Day):
        return Day(day=start.day + timedelta(days=count))
    if isinstance(start, Instant):
        return Instant(at=start.at + timedelta(hours=count), zone=start.zone, floating=start.floating)
    return None


def costs() -> SearchStrategy[Decimal]:
    """Amounts of money."""
    return st.decimals(0, 10**6, places=2)


_CONTACT_TEXTS = tuple(name for name, kind in Contact.__annotations__.items() if str(kind) == "str | None")


@st.composite
def _contact_fields(draw: st.DrawFn, *, plain: bool) -> dict[str, object]:
    chosen = draw(st.sets(st.sampled_from(_CONTACT_TEXTS), max_size=12))
    user_fields = draw(st.lists(maybe(words()), max_size=20))
    while user_fields and user_fields[-1] is None:
        user_fields.pop()
    return draw(_common(plain=plain)) | {
        **{name: draw(texts()) for name in sorted(chosen)},
        "default_address": draw(st.integers(0, 3)),
        "birthday": draw(st.none() | days()),
        "anniversary": draw(st.none() | days()),
        "user_fields": tuple(user_fields),
        "photo": draw(st.none() | photos()),
    }


def photos() -> SearchStrategy[Photo]:
    """Pictures, as far as nobody looks inside."""
    return st.builds(Photo, st.sampled_from(["image/jpeg", "image/png"]), st.binary(min_size=1, max_size=50))


@st.composite
def contacts(draw: st.DrawFn, *, plain: bool = False) -> Contact:
    """Contacts with a dozen fields."""
    return Contact(**draw(_contact_fields(plain=plain)))  # type: ignore[arg-type]  # drawn by name


@st.composite
def members(draw: st.DrawFn, *, plain: bool = False) -> Member:
    """Entries of distribution lists: addresses of contacts, and independent ones."""
    mail, name = draw(mails()), draw(words() if plain else st.just("") | words())
    if draw(st.booleans()):
        return Member(mail=mail, name=name)
    numbers = st.integers(1, 10**6)
    return Member(
        mail=mail, name=name, contact=draw(numbers), folder=draw(numbers), email_field=draw(st.integers(1, 3))
    )


@st.composite
def distribution_lists(draw: st.DrawFn, *, plain: bool = False) -> DistributionList:
    """Distribution lists with up to four entries."""
    listed = tuple(draw(st.lists(members(plain=plain), max_size=4)))
    return DistributionList(members=listed, **draw(_contact_fields(plain=plain)))  # type: ignore[arg-type]  # as above


def items(*, plain: bool = False) -> SearchStrategy[Item]:
    """Items of all kinds."""
    return appointments(plain=plain) | tasks(plain=plain) | contacts(plain=plain) | distribution_lists(plain=plain)


def stamps() -> SearchStrategy[Stamp]:
    """Positions of the years 2001 to 2033."""
    return st.integers(10**12, 2 * 10**12).map(Stamp)


@st.composite
def attachments(draw: st.DrawFn) -> Attachment:
    """What a store knows of a file."""
    return Attachment(
        id=AttachmentId(draw(st.integers(1, 10**6))),
        name=draw(words()),
        media_type=draw(st.sampled_from(["text/plain", "application/pdf"])),
        size=draw(st.integers(0, 10**7)),
        created=draw(instants()).replace(microsecond=0),
        digest=draw(st.from_regex(r"[0-9a-f]{64}", fullmatch=True)),
        rtf=draw(st.booleans()),
    )


@st.composite
def records(draw: st.DrawFn, item: Item) -> ItemRecord:
    """The item as a store hands it out; a change exception has a master."""
    is_exception = isinstance(item, Appointment) and item.recurrence_id is not None
    return ItemRecord(
        id=ItemId(draw(st.integers(1, 10**9))),
        folder=FolderId(draw(st.integers(20, 10**6))),
        item=item,
        created_by=UserId(draw(st.integers(1, 100))),
        created=draw(instants()).replace(microsecond=0),
        modified_by=UserId(draw(st.integers(1, 100))),
        stamp=draw(stamps()),
        master=ItemId(draw(st.integers(10**9 + 1, 10**9 + 9))) if is_exception else None,
        attachments=tuple(draw(st.lists(attachments(), max_size=2))),
    )


@st.composite
def rights(draw: st.DrawFn) -> Right:
    """An entry of a folder's rights."""
    levels = st.sampled_from([0, 2, 4, 128])
    return Right(
        kind=draw(st.sampled_from(PrincipalKind)),
        principal=draw(st.integers(0, 100)),
        rights=Rights(
            folder=draw(st.sampled_from([0, 2, 4, 8, 128])),
            read=draw(levels),
            write=draw(levels),
            delete=draw(levels),
            admin=draw(st.booleans()),
        ),
        system=draw(st.booleans()),
    )


@st.composite
def folders(draw: st.DrawFn) -> Folder:
    """Ordinary folders of the three modules."""
    return Folder(
        id=FolderId(draw(st.integers(20, 10**6))),
        parent=FolderId(draw(st.sampled_from([1, 2]) | st.integers(20, 10**6))),
        name=draw(words()),
        module=draw(st.sampled_from([Module.CALENDAR, Module.CONTACTS, Module.TASKS])),
        type=draw(st.sampled_from([FolderType.PRIVATE, FolderType.PUBLIC])),
        owner=UserId(draw(st.integers(1, 5))),
        is_default=draw(st.booleans()),
        created_by=UserId(draw(st.integers(1, 5))),
        created=draw(instants()).replace(microsecond=0),
        modified_by=UserId(draw(st.integers(1, 5))),
        stamp=draw(stamps()),
        rights=tuple(draw(st.lists(rights(), max_size=4))),
    )
