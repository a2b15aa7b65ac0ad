"""The planner: who has time when, side by side, and when all have (manual, 7.8.3)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import available_timezones

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.calendar.form import form_zone, wanted_span
from passerelle.desk.calendar.words import WEEKDAYS, clock
from passerelle.desk.rendering import day_in_words, time_in_words
from passerelle.desk.visit import Visit
from passerelle.desk.wallclock import day_of, first_and_last, wall
from passerelle.groupware.free_busy import Availability, BusyTime, merged, with_told
from passerelle.groupware.suggesting import DAYS, Wish, suggestions
from passerelle.model.folders import FolderType, Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Appointment, ShownAs
from passerelle.model.moments import ONE_DAY, Span, Timed, day_start, local_day, zone_info
from passerelle.model.participants import Participant, ParticipantKind, Role
from passerelle.model.text import Text
from passerelle.translations import Catalogue

MOST_SUGGESTIONS: Final = 6
MOST_NAMES: Final = 20
FROM, UNTIL = 7, 20
"""The hours that are shown, unless what is planned lies outside."""
_KINDS: Final = {
    ShownAs.RESERVED: ("reserved", Text("busy")),
    ShownAs.TEMPORARY: ("temporary", Text("tentative")),
    ShownAs.ABSENT: ("absent", Text("absent")),
    None: ("reserved", Text("busy")),
}


class Bar(Struct, frozen=True):
    """A time that is taken, in minutes from the left edge."""

    x: int
    width: int
    kind: str


class Row(Struct, frozen=True, kw_only=True):
    """One participant. ``state`` is ``free``, ``busy`` or ``unknown`` at the time that is planned; ``told`` says it."""

    name: str
    is_optional: bool
    state: str
    told: str
    bars: tuple[Bar, ...]


class Proposal(Struct, frozen=True):
    """A time at which everybody who is needed has time; ``missing`` are those who need not come and cannot."""

    label: str
    start: str
    end: str
    missing: str


class _Frame:
    """The day that is shown, as instants of the user's zone, and what is planned."""

    def __init__(self, day: date, wanted: Span, zone: str) -> None:
        self.day, self.zone = day, zone
        self.start, self.end = _instants(wanted, zone)
        self.is_whole = not isinstance(wanted, Timed)
        self.hours = self._hours()
        self.left = day_start(day, zone) + timedelta(hours=self.hours[0])
        self.minutes = 60 * len(self.hours)

    def _hours(self) -> range:
        local = [one.astimezone(zone_info(self.zone)) for one in (self.start, self.end)]
        same = local[0].date() == self.day and local[1].date() == self.day
        inside = local[0].hour >= FROM and local[1].hour < UNTIL
        return range(FROM, UNTIL) if inside or not same or self.is_whole else range(24)

    def bar(self, time: BusyTime, kind: str) -> Bar | None:
        """Where a time lies, as far as it is on this day."""
        first, last = (
            min(max((one - self.left) // timedelta(minutes=1), 0), self.minutes) for one in (time.start, time.end)
        )
        return Bar(first, max(last - first, 1), kind) if last > first else None

    def wanted(self) -> Bar:
        """Where the planned time lies; nowhere if it is on another day."""
        return self.bar(BusyTime(self.start, self.end), "wanted") or Bar(0, 0, "wanted")


def planner(visit: Visit) -> Response:
    """The times of everybody whom a form names, and suggestions.

    Raises:
        Invalid: a name or a time is none.
    """
    zone = form_zone(visit.fields, visit.session.user.zone)
    wanted = wanted_span(visit.fields, zone)
    first = first_and_last(wanted, zone)[0][:10]
    day = visit.fields.get("show_day") or visit.fields.get("planned_day") or first
    frame = _Frame(day_of(day, "show_day"), wanted, zone)
    known, unknown = _known(visit, frame)
    rows = [_row(visit, frame, one, is_known=one.participant.identity not in unknown) for one in known]
    return visit.page(
        "calendar/planner.html",
        {
            "day": frame.day.isoformat(),
            "day_said": f"{visit.words.say(WEEKDAYS[frame.day.weekday()])}, {day_in_words(frame.day, visit.words)}",
            "earlier": (frame.day - ONE_DAY).isoformat(),
            "later": (frame.day + ONE_DAY).isoformat(),
            "hours": frame.hours,
            "minutes": frame.minutes,
            "wanted": frame.wanted(),
            "rows": rows,
            "proposals": _proposals(visit, frame, known),
            "is_partial": bool(unknown),
        },
    )


def names(visit: Visit) -> Response:
    """Names of the directory that hold what was typed, to choose from."""
    found = visit.directory.matching(visit.fields.get("party", ""))
    return visit.page("calendar/names.html", {"names": found})


def zones(visit: Visit) -> Response:
    """Time zones that hold what was typed, to choose from."""
    part = visit.fields.get("zone", "").strip().casefold().replace(" ", "_")
    found = sorted(name for name in available_timezones() if part and part in name.casefold())
    return visit.page("calendar/names.html", {"names": found[:MOST_NAMES]})


def _known(visit: Visit, frame: _Frame) -> tuple[Sequence[Availability], frozenset[tuple[str, str]]]:
    """The times of everybody, and, on a replica, of whom not all can be known, for the server does not tell."""
    start = day_start(frame.day, frame.zone)
    end = start + DAYS * ONE_DAY
    besides = ItemId(visit.number("id")) if visit.fields.get("id") else None
    known = visit.session.availability(_parties(visit), start, end, besides)
    others = [one.participant for one in known if visit.is_replica and not _is_own(visit, one.participant)]
    told = visit.busy_elsewhere(others, start, end) if others else {}
    planned = _planned(visit, besides if told else None)
    joined = [with_told(one, told.get(one.participant.identity, ()), planned) for one in known]
    return joined, frozenset(one.identity for one in others if one.identity not in told)


def _planned(visit: Visit, id_: ItemId | None) -> tuple[datetime, datetime] | None:
    """When the appointment takes place that is planned anew: the server counts it, too."""
    if id_ is None:
        return None
    item = visit.session.get(id_, Module.CALENDAR).item
    return (item.when.start, item.when.end) if isinstance(item, Appointment) and isinstance(item.when, Timed) else None


def _parties(visit: Visit) -> list[Participant]:
    """Whoever's calendar it goes into, and everybody whom the form names."""
    named = visit.directory.read(visit.fields, ())
    owner = visit.session.user_id
    if visit.fields.get("calendar"):
        folder = visit.session.folder(FolderId(visit.number("calendar"))).folder
        owner = folder.owner if folder.type is FolderType.PRIVATE else owner
    own = Participant(kind=ParticipantKind.USER, id=owner)
    return list(named) if any(one.identity == own.identity for one in named) else [own, *named]


def _row(visit: Visit, frame: _Frame, one: Availability, *, is_known: bool) -> Row:
    times = [time for time in one.times or () if time.shown_as is not ShownAs.FREE]
    bars = (frame.bar(time, _KINDS[time.shown_as][0]) for time in times)
    state = _state(times, frame, is_known=is_known and (one.times is not None or visit.is_replica))
    return Row(
        name=visit.directory.name_of(one.participant),
        is_optional=one.participant.role is Role.OPTIONAL,
        state=state,
        told=_told(times, frame, visit.words),
        bars=tuple(bar for bar in bars if bar is not None),
    )


def _state(times: Iterable[BusyTime], frame: _Frame, *, is_known: bool) -> str:
    if any(time.start < frame.end and time.end > frame.start for time in times):
        return "busy"
    return "free" if is_known else "unknown"


def _told(times: Iterable[BusyTime], frame: _Frame, words: Catalogue) -> str:
    """The times of the day that is shown, in words."""
    after = frame.left + timedelta(minutes=frame.minutes)
    said = (
        f"{words.say(_KINDS[one.shown_as][1])} {_hour(one.start, frame)}–{_hour(one.end, frame)}"
        for one in times
        if one.start < after and one.end > frame.left
    )
    return ", ".join(said)


def _hour(moment: datetime, frame: _Frame) -> str:
    return time_in_words(moment.astimezone(zone_info(frame.zone)))


def _proposals(visit: Visit, frame: _Frame, known: Iterable[Availability]) -> list[Proposal]:
    """When all who are needed have time, as far as that is known."""
    needed = [time for one in known if one.participant.role is not Role.OPTIONAL for time in one.times or ()]
    length = frame.end - frame.start
    if frame.is_whole:
        length = local_day(frame.end, frame.zone) - local_day(frame.start, frame.zone)
    wish = Wish(length, datetime.now(UTC), frame.day, frame.zone, whole_days=frame.is_whole)
    others = [one for one in known if one.participant.role is Role.OPTIONAL]
    return [_proposal(visit, frame, span, others) for span in suggestions(needed, wish, MOST_SUGGESTIONS)]


def _proposal(visit: Visit, frame: _Frame, span: tuple[datetime, datetime], others: Iterable[Availability]) -> Proposal:
    start, end = span
    missing = [
        visit.directory.name_of(one.participant)
        for one in others
        if any(time.start < end and time.end > start for time in merged(one.times or ()))
    ]
    zone, words, first = frame.zone, visit.words, local_day(start, frame.zone)
    label = f"{words.say(WEEKDAYS[first.weekday()])}, "
    if frame.is_whole:
        last = local_day(end, zone) - ONE_DAY
        return Proposal(label + day_in_words(first, words), first.isoformat(), last.isoformat(), ", ".join(missing))
    label += f"{clock(start, zone, words)}–{clock(end, zone, words, only_time=True)}"
    return Proposal(label, wall(start, zone), wall(end, zone), ", ".join(missing))


def _instants(span: Span, zone: str) -> tuple[datetime, datetime]:
    if isinstance(span, Timed):
        return span.start, span.end
    return day_start(span.start, zone), day_start(span.end, zone)


def _is_own(visit: Visit, participant: Participant) -> bool:
    return participant.kind is ParticipantKind.USER and participant.id == visit.session.user_id
