"""Which values an item may have (semantics reference, sections 5.1, 6 and 7). Pure.

Only fields that change are looked at, so that an item that came in by an import, from a format with other
limits, can still be edited.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date
from functools import cache

from passerelle.groupware import contacts
from passerelle.groupware.privacy import kind_of
from passerelle.model import fields
from passerelle.model.errors import Contradiction, Invalid, Missing
from passerelle.model.fields import Kind
from passerelle.model.items import Appointment, Item, Task, TaskStatus
from passerelle.model.moments import (
    Day,
    Instant,
    Moment,
    Span,
    Timed,
    local_day,
    span_day,
    span_end,
    span_start,
    zone_info,
)
from passerelle.model.recurrence import Recurrence, Rule
from passerelle.model.text import Text

MAX_LABEL = 256
MAX_TEXT = 1_000_000
"""What a text without a limit of its own may have, in characters; a note of that length is no note."""

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
"""What XML 1.0 cannot carry, and the delete character."""

_TEXT_CODES = {Kind.APPOINTMENT: ("APP-0071", "APP-0072"), Kind.TASK: ("", ""), Kind.CONTACT: ("", "")}
"""The codes for characters that cannot be kept, and for texts that are too long."""


def check(item: Item, changed: Collection[str] | None = None, sent: Collection[str] = ()) -> None:
    """Refuse an item whose ``changed`` fields (all of them for ``None``) have values that cannot be.

    ``sent`` names the fields that a client said, changed or not.

    Raises:
        Missing: a mandatory value is absent.
        Invalid: a value is malformed, too long or out of range.
        Contradiction: values do not go together.
    """
    names = frozenset(item.__struct_fields__ if changed is None else changed)
    _check_texts(item, names)
    _check_label(item, names)
    if isinstance(item, Appointment):
        _check_appointment(item, names)
    elif isinstance(item, Task):
        _check_task(item, names, names | set(sent))
    else:
        contacts.check(item, names)


@cache
def _limits(kind: Kind) -> dict[str, int]:
    return {row.name: row.max_length for row in fields.of(kind) if row.name and row.max_length is not None}


def _check_texts(item: Item, names: frozenset[str]) -> None:
    kind = kind_of(item)
    forbidden, too_long = _TEXT_CODES[kind]
    limits = _limits(kind)
    for name, text in _texts(item, names):
        if _CONTROL.search(text):
            raise Invalid(Text("The field “{name}” holds characters that cannot be kept.", name=name), name, forbidden)
        limit = limits.get(name, MAX_TEXT)
        if len(text) > limit:
            message = Text(
                "The field “{name}” can have {limit} characters; {number} were given.",
                name=name,
                limit=limit,
                number=len(text),
            )
            raise Invalid(message, name, too_long)


def _texts(item: Item, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name in names & frozenset(item.__struct_fields__):
        value = getattr(item, name)
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, tuple):
            yield from ((name, each) for each in value if isinstance(each, str))


def _check_label(item: Item, names: frozenset[str]) -> None:
    if "color_label" in names and not 0 <= item.color_label <= MAX_LABEL:
        message = Text(
            "The label {color_label} does not exist; labels are 0 to {max_label}.",
            color_label=item.color_label,
            max_label=MAX_LABEL,
        )
        raise Invalid(message, "color_label", "APP-0021")


def _check_appointment(item: Appointment, names: frozenset[str]) -> None:
    if "title" in names and not (item.title or "").strip():
        raise Missing("An appointment needs a title.", "title", "APP-0028")
    if "when" in names:
        check_span(item.when)
    if item.recurrence is not None:
        if item.recurrence_id is not None:
            raise Contradiction("A changed occurrence cannot become a series.", "APP-0099")
        if names & {"when", "recurrence"}:
            check_recurrence(item.when, item.recurrence)


def check_span(when: Span) -> None:
    """Refuse a span that ends before it starts, or whose zone is unknown.

    Raises:
        Invalid: APP-0020, or the zone.
    """
    if isinstance(when, Timed):
        zone_info(when.zone)
        if when.end_zone is not None:
            zone_info(when.end_zone)
    if span_end(when) < span_start(when):
        raise Invalid("The end lies before the start.", "end", "APP-0020")


def check_recurrence(when: Span, recurrence: Recurrence) -> None:
    """Refuse rules that no calendar can follow.

    Raises:
        Invalid: an interval or a count below 1 (APP-0055), an end before the start (APP-0086).
        Contradiction: a rule that is limited twice (APP-0095).
    """
    for rule in recurrence.rules:
        _check_rule(when, rule)


def _check_rule(when: Span, rule: Rule) -> None:
    if rule.interval < 1:
        raise Invalid("The interval of a series is at least 1.", "interval", "APP-0055")
    if rule.count is not None and rule.until is not None:
        raise Contradiction("A series ends on a day or after a number of times, not both.", "APP-0095")
    if rule.count is not None and rule.count < 1:
        raise Invalid("A series takes place at least once.", "occurrences", "APP-0088")
    if rule.until is not None and _last_day(when, rule) < span_day(when):
        raise Invalid("The series ends before it starts.", "until", "APP-0086")


def _last_day(when: Span, rule: Rule) -> date:
    assert rule.until is not None  # noqa: S101 - the caller has looked
    return local_day(rule.until, when.zone) if isinstance(when, Timed) else rule.until.date()


def _check_task(item: Task, names: frozenset[str], sent: frozenset[str]) -> None:
    if not 0 <= item.percent <= 100:  # noqa: PLR2004 - a percentage
        raise Invalid(Text("{percent} is no percentage.", percent=item.percent), "percent", "TSK-0030")
    progress = {"status", "percent"}
    if progress <= sent and names & progress and item.status is TaskStatus.NOT_STARTED and item.percent:
        raise Contradiction("A task that is not started is 0 percent done.", "TSK-0031")
    if names & {"start", "due", "recurrence"}:
        _check_dates(item)


def _check_dates(item: Task) -> None:
    if item.start is None or item.due is None:
        if item.recurrence is not None:
            raise Missing("A recurring task needs a start and a due date.", "start", "TSK-0037")
    elif _is_after(item.start, item.due):
        raise Contradiction("The task starts after it is due.", "TSK-0040")


def _is_after(one: Moment, other: Moment) -> bool:
    if isinstance(one, Instant) and isinstance(other, Instant):
        return one.at > other.at
    return _day(one) > _day(other)


def _day(moment: Moment) -> date:
    return moment.day if isinstance(moment, Day) else local_day(moment.at, moment.zone)
