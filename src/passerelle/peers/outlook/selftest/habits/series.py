"""Series of appointments, and their exceptions (section 4)."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import cast

from passerelle.model.moments import zone_info
from passerelle.peers.outlook.constants import ComCode, DaysOfWeek, DefaultFolder, RecurrenceState, RecurrenceType
from passerelle.peers.outlook.objects import AppointmentItem, Exception_
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Part, ask
from passerelle.peers.outlook.selftest.verdicts import Findings, found, refusal, refused

_INVALID, _NOT_FOUND = refused(ComCode.INVALID_ARGUMENT), refused(ComCode.NOT_FOUND)


def _repeated(bench: Bench, kind: RecurrenceType, times: int) -> AppointmentItem:
    item = bench.appointment()
    pattern = item.GetRecurrencePattern()
    pattern.RecurrenceType = int(kind)
    pattern.Occurrences = times
    item.Save()
    return bench.appointment_again(item)


def _moved(item: AppointmentItem, original: datetime, start: datetime) -> str:
    """Move an occurrence, if Outlook lets it be moved."""
    occurrence = item.GetRecurrencePattern().GetOccurrence(original)

    def move() -> None:
        occurrence.Start = start
        occurrence.Save()

    return refusal(move)


def _exceptions(item: AppointmentItem) -> list[Exception_]:
    all_ = item.GetRecurrencePattern().Exceptions
    return [all_.Item(number + 1) for number in range(all_.Count)]


def _first_save(bench: Bench) -> Findings:
    item = bench.appointment()
    pattern = item.GetRecurrencePattern()
    came = refusal(lambda: pattern.GetOccurrence(bench.at(9)))
    yield found("saved-before-occurrences", "asked a series for an occurrence before it was saved", came, _INVALID)
    item.Save()
    state = pattern.GetOccurrence(bench.at(9)).RecurrenceState
    yield found("saved-before-occurrences", "asked again after that: its state", state, RecurrenceState.Occurrence)


def _exact_start(bench: Bench) -> Findings:
    pattern = _repeated(bench, RecurrenceType.Daily, 5).GetRecurrencePattern()
    yield found(
        "exact-start",
        "the start of the occurrence of its exact start",
        pattern.GetOccurrence(bench.at(9, days=2)).Start,
        bench.at(9, days=2),
    )
    came = [refusal(partial(pattern.GetOccurrence, at)) for at in (bench.at(0, days=2), bench.at(9, days=8))]
    yield found("exact-start", "asked for it by its day, and for one after the last", came, (_NOT_FOUND, _NOT_FOUND))


def _changed(bench: Bench) -> Findings:
    item = _repeated(bench, RecurrenceType.Daily, 5)
    occurrence = item.GetRecurrencePattern().GetOccurrence(bench.at(9, days=2))
    occurrence.Subject = "Another"
    occurrence.Save()
    bench.appointment_again(item).GetRecurrencePattern().GetOccurrence(bench.at(9, days=3)).Delete()
    came = [
        (each.OriginalDate.date().isoformat(), "deleted" if each.Deleted else each.AppointmentItem.Subject)
        for each in _exceptions(bench.appointment_again(item))
    ]
    days = [(bench.at(9) + timedelta(days=days)).date().isoformat() for days in (2, 3)]
    wanted = (days[0], "Another"), (days[1], "deleted")
    yield found("exceptions", "changed one occurrence, deleted another: the exceptions", sorted(came), wanted)


def _order(bench: Bench) -> Findings:
    item = _repeated(bench, RecurrenceType.Daily, 5)
    third = bench.at(9, days=2)
    onto = [_moved(item, third, start) for start in (bench.at(9, days=5), bench.at(15, days=3), bench.at(7))]
    yield found(
        "order-of-occurrences", "moved one past its neighbour, to its day, before the first", onto, [_INVALID] * 3
    )
    weekly = _repeated(bench, RecurrenceType.Weekly, 3)
    first, second = bench.at(9), bench.at(9, days=7)
    steps = [_moved(weekly, first, bench.at(9, days=8)), _moved(weekly, second, bench.at(9, days=9))]
    steps.append(_moved(bench.appointment_again(weekly), first, bench.at(9, days=8)))
    yield found(
        "order-of-moves",
        "moved one to where another has to make room first, that one, the first again",
        steps,
        (_INVALID, "taken", "taken"),
    )


def _doubled(bench: Bench) -> Findings:
    item = _repeated(bench, RecurrenceType.Weekly, 3)
    _moved(item, bench.at(9, days=7), bench.at(9, days=8))
    came = sorted(each.Deleted for each in _exceptions(bench.appointment_again(item)))
    yield found(
        "doubled-exceptions", "moved an occurrence to another day: its exceptions, deleted or not", came, (False, True)
    )


def _original_dates(bench: Bench) -> Findings:
    item = bench.appointment()
    item.StartTimeZone = bench.application.TimeZones.Item("Tokyo Standard Time")
    item.StartInStartTimeZone = bench.at(3)
    item.GetRecurrencePattern().Occurrences = 3
    item.Save()
    here = bench.at(3, days=7).replace(tzinfo=zone_info("Asia/Tokyo")).astimezone(zone_info(bench.context.zone))
    asked = here.replace(tzinfo=bench.at(3).tzinfo)
    came = refusal(lambda: bench.appointment_again(item).GetRecurrencePattern().GetOccurrence(asked).Delete())
    yield found("occurrence-by-own-clock", "asked a series of Tokyo for an occurrence by the clock here", came, "taken")
    dates = [each.OriginalDate for each in _exceptions(bench.appointment_again(item))]
    yield found("original-date", "deleted it: OriginalDate", dates, [bench.at(3, days=7)])


def _years(bench: Bench) -> Findings:
    pattern = bench.saved().GetRecurrencePattern()
    pattern.RecurrenceType = int(RecurrenceType.Yearly)
    yield found("years-in-months", "made it yearly: its interval", pattern.Interval, 12)

    def set_(interval: int) -> str:
        return refusal(lambda: setattr(pattern, "Interval", interval))

    yield found("years-in-months", "set the interval to 2 and to 24", (set_(2), set_(24)), (_INVALID, "taken"))
    pattern.Occurrences = 2
    years = pattern.PatternEndDate.year - bench.day.year
    yield found("years-in-months", "two occurrences: years to the last", years, 2)


def _last(bench: Bench) -> Findings:
    item = bench.appointment()
    pattern = item.GetRecurrencePattern()
    pattern.RecurrenceType = int(RecurrenceType.MonthNth)
    pattern.DayOfWeekMask = int(DaysOfWeek.Friday)
    pattern.Instance = 5
    pattern.Occurrences = 1
    item.Save()
    fridays = (bench.at(9, days=days) for days in range(31) if bench.at(9, days=days).month == bench.day.month)
    last = [each for each in fridays if each.weekday() == 4][-1]  # noqa: PLR2004 - Friday
    yield found("fifth-is-last", "the fifth Friday of a February: the start", item.Start, last)


def _short_months(bench: Bench) -> Findings:
    item = bench.appointment()
    item.Start = bench.at(9).replace(month=1, day=31)
    pattern = item.GetRecurrencePattern()
    pattern.RecurrenceType = int(RecurrenceType.Monthly)
    pattern.DayOfMonth = 31
    pattern.Occurrences = 2
    end = pattern.PatternEndDate
    february = (bench.at(0).replace(month=3, day=1) - timedelta(days=1)).day
    yield found(
        "short-months",
        "the 31st of each month, twice from January on: the last day",
        (end.month, end.day),
        (2, february),
    )


def _types(bench: Bench) -> Findings:
    pattern = bench.saved().GetRecurrencePattern()
    yield found(
        "patterns-own-values",
        "gave a weekly pattern a month",
        refusal(lambda: setattr(pattern, "MonthOfYear", 2)),
        _INVALID,
    )
    pattern.RecurrenceType = int(RecurrenceType.MonthNth)
    yield found(
        "patterns-own-values",
        "asked for the sixth of a month",
        refusal(lambda: setattr(pattern, "Instance", 6)),
        _INVALID,
    )


def _other_pattern(bench: Bench) -> Findings:
    item = _repeated(bench, RecurrenceType.Daily, 5)
    item.GetRecurrencePattern().GetOccurrence(bench.at(9, days=2)).Delete()
    series = bench.appointment_again(item)
    series.GetRecurrencePattern().Interval = 2
    series.Save()
    yield found(
        "pattern-drops-exceptions",
        "gave a series with an exception another interval: exceptions left",
        len(_exceptions(series)),
        0,
    )
    series.ClearRecurrencePattern()
    series.Save()
    came = series.IsRecurring, series.RecurrenceState
    yield found(
        "series-ends", "made it a single one again: recurring, state", came, (False, RecurrenceState.NotRecurring)
    )


def _one_item(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    item = bench.appointment(folder)
    item.GetRecurrencePattern().Occurrences = 3
    item.Save()
    pattern = cast(AppointmentItem, bench.again(item)).GetRecurrencePattern()
    pattern.GetOccurrence(bench.at(9, days=7)).Delete()
    yield found("series-is-one-item", "items of a folder with a series and an exception", folder.Items.Count, 1)


PART = Part(
    "Series",
    (
        ask(_first_save, saved_before_occurrences="A series must be saved before it gives occurrences."),
        ask(_exact_start, exact_start="An occurrence is had by its exact start."),
        ask(_changed, exceptions="Changed and deleted occurrences are exceptions by their original days."),
        ask(_one_item, series_is_one_item="A series with its exceptions is one item."),
        ask(
            _order,
            order_of_occurrences="No occurrence passes a neighbour, or meets it on one day.",
            order_of_moves="Occurrences that move the same way have to move in the right order.",
        ),
        ask(_doubled, doubled_exceptions="An occurrence that moved to another day is an exception twice."),
        ask(
            _original_dates,
            occurrence_by_own_clock="An occurrence is asked for by the clock where Outlook runs.",
            original_date="OriginalDate is in the zone of the series.",
        ),
        ask(_years, years_in_months="The interval of yearly patterns counts months."),
        ask(_last, fifth_is_last="The fifth instance is the last."),
        ask(_short_months, short_months="A day that a month lacks is its last one."),
        ask(_types, patterns_own_values="A pattern takes only what its type has."),
        ask(
            _other_pattern,
            pattern_drops_exceptions="Another pattern drops the exceptions.",
            series_ends="A series can become a single appointment again.",
        ),
    ),
)
