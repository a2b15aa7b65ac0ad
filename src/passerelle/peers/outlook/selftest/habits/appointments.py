"""Appointments one by one, and meetings (section 4)."""

from __future__ import annotations

from passerelle.model.moments import day_start, zone_info
from passerelle.peers.outlook.constants import (
    BusyStatus,
    ComCode,
    DefaultFolder,
    MeetingRecipientType,
    MeetingStatus,
    ResponseStatus,
)
from passerelle.peers.outlook.mapping.zones import iana_zone
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Part, ask, nobody_asks
from passerelle.peers.outlook.selftest.scratch import OURS
from passerelle.peers.outlook.selftest.verdicts import Findings, found, refusal, refused

_EASTERN = "Eastern Standard Time"


def _new(bench: Bench) -> Findings:
    item = bench.appointment()
    came = item.BusyStatus, item.ReminderSet, item.ReminderMinutesBeforeStart
    yield found(
        "new-is-busy", "made an appointment: busy state, reminder, its minutes", came, (BusyStatus.Busy, True, 15)
    )


def _times(bench: Bench) -> Findings:
    item = bench.saved()
    item.Start = bench.at(14)
    yield found("start-keeps-duration", "began later; end and minutes", (item.End, item.Duration), (bench.at(15), 60))
    item.End = bench.at(8)
    yield found(
        "end-before-start", "ended before the start; saving is", refusal(item.Save), refused(ComCode.INVALID_ARGUMENT)
    )


def _whole_day(bench: Bench) -> Findings:
    item = bench.appointment()
    item.AllDayEvent = True
    item.Save()
    wanted = bench.at(0), bench.at(0, days=1), BusyStatus.Free
    yield found(
        "whole-day-free", "made it a whole day: start, end, busy state", (item.Start, item.End, item.BusyStatus), wanted
    )
    midnight = day_start(bench.day, bench.context.zone)
    yield found("whole-day-midnight", "its start in UTC", item.StartUTC, midnight)


def _zones(bench: Bench) -> Findings:
    known = iana_zone(bench.application.TimeZones.CurrentTimeZone.ID) is not None
    yield found("windows-zones", "the id of the current zone is one of CLDR's", known, expected=True)
    item = bench.saved()
    item.StartTimeZone = bench.application.TimeZones.Item(_EASTERN)
    there = bench.at(9).replace(tzinfo=zone_info("America/New_York"))
    here = there.astimezone(zone_info(bench.context.zone))
    came = item.StartInStartTimeZone, item.Start
    yield found(
        "zone-keeps-digits", "gave an appointment another zone: its start there and here", came, (bench.at(9), here)
    )


def _organiser(bench: Bench) -> Findings:
    """A meeting that is saved, and never sent."""
    item = bench.appointment()
    item.MeetingStatus = int(MeetingStatus.Meeting)
    item.Recipients.Add("bob@selftest.invalid").Resolve()
    item.Save()
    people = [item.Recipients.Item(number + 1) for number in range(item.Recipients.Count)]
    came = [(each.Type, each.MeetingResponseStatus) for each in people]
    required = MeetingRecipientType.Required
    wanted = (required, ResponseStatus.Organized), (required, ResponseStatus.None_)
    yield found("organiser-is-recipient", "made a meeting: kind and answer of each recipient", came, wanted)
    yield found("organiser-is-recipient", "the answer of its organiser", item.ResponseStatus, ResponseStatus.Organized)
    item.Delete()


def _unresolved(bench: Bench) -> Findings:
    recipient = bench.session.CreateRecipient(f"{OURS} nobody")
    yield found("unresolved-name", "resolved a name that nobody has", recipient.Resolve(), expected=False)
    recipient = bench.session.CreateRecipient("bob@selftest.invalid")
    came = recipient.Resolve(), recipient.AddressEntry.Type
    yield found("address-resolves", "resolved a mail address, and its kind", came, (True, "SMTP"))


def _no_calendar(bench: Bench) -> Findings:
    store, calendar = bench.root().Store, int(DefaultFolder.Calendar)
    yield found(
        "no-default-calendar",
        "asked a data file for its calendar",
        refusal(lambda: store.GetDefaultFolder(calendar)),
        refused(ComCode.NOT_FOUND),
    )


PART = Part(
    "Appointments",
    (
        ask(_new, new_is_busy="A new appointment is busy, and reminds a quarter of an hour before."),
        ask(
            _times,
            start_keeps_duration="Another start keeps the duration.",
            end_before_start="What ends before it begins is not saved.",
        ),
        ask(
            _whole_day,
            whole_day_free="A whole day is free time, from midnight to midnight.",
            whole_day_midnight="A whole day begins at midnight where Outlook runs.",
        ),
        ask(
            _zones,
            windows_zones="Zones have Windows' ids.",
            zone_keeps_digits="Another zone keeps what the clock shows there.",
        ),
        ask(_organiser, organiser_is_recipient="A meeting's organiser is among its recipients: required, organised."),
        ask(
            _unresolved,
            unresolved_name="A name that nobody has stays unresolved.",
            address_resolves="A mail address resolves by itself.",
        ),
        ask(_no_calendar, no_default_calendar="A data file has no default calendar."),
    ),
    (
        nobody_asks(
            "reminders-in-default-store",
            "Reminders fire in the default store only.",
            "it would take a reminder in your calendar, and somebody to see it",
        ),
    ),
)
