"""Which OX patterns are refused, and which are put right (OX reference, sections 11.1, 11.2 and 11.6)."""

from __future__ import annotations

from datetime import date

import msgspec

from passerelle.model.errors import Contradiction, Invalid, Missing
from passerelle.model.expansion.keys import last_key_of
from passerelle.model.moments import ONE_DAY, WholeDays
from passerelle.model.pattern.rules import to_rule
from passerelle.model.pattern.values import EVERY_DAY, LAST, MOST, SUNDAY, Pattern, PatternType
from passerelle.model.text import Text

_KDE_SUNDAY = 128
_KDE_LAST = -1
_LONGEST_MONTH = 31


def normalise(pattern: Pattern) -> Pattern:
    """Return a pattern with KDE's own numbers put right: 128 is Sunday, and the week -1 is the last."""
    days, day = pattern.days, pattern.day_in_month
    if days is not None and days & _KDE_SUNDAY:
        days = days & ~_KDE_SUNDAY | SUNDAY
    if days and day == _KDE_LAST:
        day = LAST
    return msgspec.structs.replace(pattern, days=days, day_in_month=day)


def check(pattern: Pattern, start_day: date) -> None:
    """Refuse a normalised pattern that is incomplete, out of range or contradicts itself.

    Parts that a type does not use are let pass, and so are both limits
    together if they agree: that is how servers answer, and some clients send it back.

    Raises:
        Missing: a part that the type needs is absent (APP-0089, 0090, 0091).
        Invalid: a part is out of range (APP-0042, 0045, 0046, 0048, 0055, 0056, 0064, 0078).
        Contradiction: it ends before its first occurrence (APP-0086), or has two different limits (APP-0095).
    """
    _check_interval(pattern.interval)
    match pattern.type:
        case PatternType.WEEKLY:
            _check_weekdays(pattern.days)
        case PatternType.MONTHLY:
            _check_day(pattern, numbered="APP-0045", plain="APP-0042")
        case PatternType.YEARLY:
            _check_day(pattern, numbered="APP-0048", plain="APP-0046")
            _check_month(pattern.month)
        case PatternType.DAILY:
            pass
    _check_limits(pattern, start_day)


def _check_interval(interval: int) -> None:
    if interval < 1:
        raise Invalid("The interval of a series is at least 1.", "interval", "APP-0055")
    if interval > MOST:
        raise Invalid(Text("The interval of a series is at most {most}.", most=MOST), "interval", "APP-0078")


def _check_weekdays(days: int | None) -> None:
    if days is None:
        raise Missing("The weekly series has no weekdays.", "days", "APP-0089")
    if not 1 <= days <= EVERY_DAY:
        raise Invalid(
            Text("{days} is no set of weekdays; it lies between 1 and {every_day}.", days=days, every_day=EVERY_DAY),
            "days",
            "APP-0056",
        )


def _check_day(pattern: Pattern, *, numbered: str, plain: str) -> None:
    """Check the day of a monthly or yearly pattern; the codes are those of its two forms."""
    day = pattern.day_in_month
    if day is None:
        raise Missing("The series does not say on which day of the month it is.", "day_in_month", "APP-0090")
    if pattern.days:
        _check_weekdays(pattern.days)
        if not 1 <= day <= LAST:
            raise Invalid(
                Text("{day} is no week of a month; 1 to 4, or 5 for the last.", day=day), "day_in_month", numbered
            )
    elif not 1 <= day <= _LONGEST_MONTH:
        raise Invalid(Text("{day} is no day of a month.", day=day), "day_in_month", plain)


def _check_month(month: int | None) -> None:
    if month is None:
        raise Missing("The yearly series does not say in which month it is.", "month", "APP-0091")
    if not 0 <= month < 12:  # noqa: PLR2004 - a year's months
        raise Invalid(Text("{month} is no month; January is 0 and December 11.", month=month), "month", "APP-0064")


def _check_limits(pattern: Pattern, start_day: date) -> None:
    if pattern.occurrences is not None and not 1 <= pattern.occurrences <= MOST:
        raise Invalid(Text("A series has 1 to {most} occurrences, or no limit.", most=MOST), "occurrences", "APP-0078")
    if pattern.until is None:
        return
    last = _last_day(pattern, start_day)
    if last is None:
        message = Text("The series ends on {until}, before its first occurrence.", until=f"{pattern.until:%Y-%m-%d}")
        raise Contradiction(message, "APP-0086")
    if pattern.occurrences and pattern.until != last:
        message = Text("The series has both an end and a number of occurrences, and they do not agree.")
        raise Contradiction(message, "APP-0095")


def _last_day(pattern: Pattern, start_day: date) -> date | None:
    """The day of the last of a limited pattern's occurrences; by their number where both limits are given."""
    when = WholeDays(start=start_day, end=start_day + ONE_DAY)
    last = last_key_of(when, to_rule(pattern, when))
    return None if last is None else last.date()
