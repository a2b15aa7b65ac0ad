"""What somebody does in Outlook is read, and nothing else; what is written leaves the rest alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from passerelle.model.errors import Refused
from passerelle.model.items import (
    Appointment,
    Contact,
    DistributionList,
    Item,
    Member,
    Priority,
    ShownAs,
    Task,
    TaskStatus,
)
from passerelle.model.moments import Day, Instant, Timed, WholeDays
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from passerelle.peers.outlook.constants import BusyStatus, DefaultFolder, ItemType, MeetingStatus, Sensitivity
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.mapping.contacts import CONTACT
from passerelle.peers.outlook.mapping.sheet import Content
from passerelle.peers.outlook.mapping.shelf import Shelf
from passerelle.peers.outlook.mapping.writing import change_item
from passerelle.peers.outlook.reference import mapi
from tests.outlook_double.records import Person
from tests.peers.outlook.mapping.desk import Desk

NINE = Timed(
    start=datetime(2026, 12, 1, 8, tzinfo=UTC), end=datetime(2026, 12, 1, 9, tzinfo=UTC), zone="Europe/Berlin"
)  # a Tuesday
WEEK = timedelta(days=7)
NEXT_DAY_TEN = replace(NINE, start=NINE.start + timedelta(hours=25), end=NINE.end + timedelta(hours=25))
FULL = Appointment(
    when=replace(NINE, zone="Europe/Vienna"),
    title="Jour fixe",
    location="Büro",
    note="Bring cake",
    note_html="<p class='x'>Bring <b>cake</b></p>",
    categories=("Work", "work"),
    color_label=3,
    alarm=15,
    url="https://example.org/",
    uid="a@b",
    sequence=2,
    contacts=("Bob",),
)


def _digits(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


_CONTACT_TEXTS = [
    (aspect.attributes[0], aspect.members[0])
    for aspect in CONTACT
    if len(aspect.members) == 1 and aspect.members[0] not in {"FullName", "AddPicture", "Sensitivity", "Categories"}
    if aspect.attributes[0] not in {"default_address", "birthday", "anniversary"}
]


def test_every_text_of_a_contact_that_is_changed_in_outlook_is_read() -> None:
    desk = Desk()
    before = Contact(more_info="kept", user_fields=(None,) * 6 + ("seventh",))
    entry = desk.create(before)
    desk.user.edit(entry, **{member: f"new {member}" for _, member in _CONTACT_TEXTS})
    found = desk.read(entry).item
    assert isinstance(found, Contact)
    assert found == replace(
        before,
        **{attribute: f"new {member}" for attribute, member in _CONTACT_TEXTS},
        display_name=found.display_name,  # Outlook makes it of the parts
        default_address=1,  # as soon as there is an address, one is for letters
    )
    assert found.display_name == "new Title new FirstName new MiddleName new LastName new Suffix"


@pytest.mark.parametrize(
    ("before", "members", "after"),
    [
        (Contact(first_name="A"), {"Birthday": _digits(1980, 2, 29)}, {"birthday": date(1980, 2, 29)}),
        (Contact(birthday=date(1980, 1, 1)), {"Birthday": _digits(4501, 1, 1)}, {"birthday": None}),
        (Contact(home_city="Bonn", default_address=2), {"SelectedMailingAddress": 3}, {"default_address": 3}),
        (Contact(categories=("a",)), {"Categories": "a; B; b"}, {"categories": ("a", "B")}),
        (FULL, {"Subject": "Other"}, {"title": "Other"}),
        (FULL, {"BusyStatus": BusyStatus.OutOfOffice}, {"shown_as": ShownAs.ABSENT}),
        (FULL, {"BusyStatus": BusyStatus.WorkingElsewhere}, {"shown_as": ShownAs.FREE}),
        (FULL, {"ReminderSet": False}, {"alarm": None}),
        (FULL, {"ReminderMinutesBeforeStart": 5}, {"alarm": 5}),
        (FULL, {"Sensitivity": Sensitivity.Confidential}, {"private": True}),
        (FULL, {"Body": "No cake"}, {"note": "No cake", "note_html": None}),
        (
            FULL,
            {"RTFBody": rb"{\rtf1\ansi\pard No \i cake\i0\par}"},
            {"note": "No cake", "note_html": "<p>No <i>cake</i></p>"},
        ),
        (FULL, {"Start": _digits(2026, 12, 2, 10)}, {"when": NEXT_DAY_TEN}),
        (Task(), {"DueDate": _digits(2027, 1, 1)}, {"due": Day(day=date(2027, 1, 1))}),
        (Task(), {"PercentComplete": 40}, {"percent": 40, "status": TaskStatus.IN_PROGRESS}),
        (Task(priority=Priority.LOW), {"Importance": 2}, {"priority": Priority.HIGH}),
        (Task(target_duration=60), {"TotalWork": 90}, {"target_duration": 90}),
        (
            Task(),
            {"ReminderSet": True, "ReminderTime": _digits(2026, 12, 1, 9, 0)},
            {"alarm": datetime(2026, 12, 1, 8, tzinfo=UTC)},
        ),
    ],
)  # fmt: skip
def test_what_is_changed_in_outlook_is_read_and_nothing_else(
    before: Item, members: dict[str, object], after: dict[str, object]
) -> None:
    desk = Desk()
    entry = desk.create(before)
    desk.user.edit(entry, **members)
    assert desk.read(entry).item == replace(before, **after)


def test_the_servers_html_survives_a_change_of_another_field_in_outlook() -> None:
    desk = Desk()
    entry = desk.create(FULL)
    assert desk.open(entry).Body.rstrip() == "Bring cake"
    assert rb"\b cake" in bytes(desk.open(entry).RTFBody)
    desk.user.edit(entry, Location="elsewhere")
    assert desk.read(entry).item == replace(FULL, location="elsewhere")


def test_a_long_note_is_kept_whole() -> None:
    html = "".join(f"<p class='c{number}'>Line {number} <b>of many</b></p>" for number in range(3000))
    item = Task(title="long", note_html=html)
    desk = Desk()
    assert desk.read(desk.create(item)).item == item


def test_what_is_done_in_outlook_is_done_today() -> None:
    desk = Desk()
    entry = desk.create(Task(title="x", percent=30, status=TaskStatus.IN_PROGRESS))
    with desk.user.open(entry) as item:
        item.MarkComplete()
    found = desk.read(entry).item
    assert isinstance(found, Task)
    assert (found.status, found.percent) == (TaskStatus.DONE, 100)
    assert found.completed == datetime(2026, 11, 29, 23, tzinfo=UTC)


def test_a_repeating_task_that_is_done_makes_outlook_no_second_one() -> None:
    desk = Desk()
    task = Task(
        title="x", due=Day(day=date(2026, 12, 1)), recurrence=Recurrence(rules=(Rule(frequency=Frequency.DAILY),))
    )
    entry = desk.create(task)
    assert desk.open(entry).IsRecurring
    done = replace(task, status=TaskStatus.DONE, percent=100)
    entry = desk.update(entry, done)
    assert desk.session.GetDefaultFolder(DefaultFolder.Tasks).Items.Count == 1
    assert desk.read(entry).item == done


def test_only_the_fields_asked_for_are_written() -> None:
    desk = Desk()
    item = Contact(first_name="Anna", company="Old", more_info="old")
    entry = desk.create(item)
    desk.user.edit(entry, CompanyName="Changed meanwhile")
    newer = replace(item, first_name="Anne", company="Server", more_info="new")
    desk.update(entry, newer, fields=frozenset({"first_name"}))
    found = desk.read(entry).item
    assert found == replace(item, first_name="Anne", company="Changed meanwhile")


def test_a_confidential_item_stays_so_when_something_else_is_written() -> None:
    desk = Desk()
    item = replace(FULL, private=True)
    entry = desk.create(item)
    desk.user.edit(entry, Sensitivity=Sensitivity.Confidential, BusyStatus=BusyStatus.WorkingElsewhere)
    free = replace(item, shown_as=ShownAs.FREE)
    entry = desk.update(entry, replace(free, title="new"))
    found = desk.open(entry)
    assert (found.Subject, found.Sensitivity, found.BusyStatus) == (
        "new",
        Sensitivity.Confidential,
        BusyStatus.WorkingElsewhere,
    )


def test_whole_days_are_the_same_days_in_every_zone() -> None:
    days = WholeDays(start=date(2026, 12, 24), end=date(2026, 12, 27))
    for zone in ("America/New_York", "Pacific/Auckland"):
        desk = Desk(zone=zone)
        entry = desk.create(Appointment(when=NINE))
        entry = desk.update(entry, Appointment(when=days))
        found = desk.open(entry)
        assert found.AllDayEvent
        assert (found.Start, found.End) == (_digits(2026, 12, 24), _digits(2026, 12, 27))
        assert found.BusyStatus == BusyStatus.Busy
        found = desk.read(entry).item
        assert isinstance(found, Appointment)
        assert found.when == days


def test_an_all_day_appointment_made_in_outlook_is_free() -> None:
    desk = Desk()
    folder = desk.user.folder(DefaultFolder.Calendar)
    entry = desk.user.create(folder, Subject="Holiday", Start=_digits(2026, 12, 24), AllDayEvent=True)
    found = desk.read(entry).item
    assert isinstance(found, Appointment)
    assert found.when == WholeDays(start=date(2026, 12, 24), end=date(2026, 12, 25))
    assert found.shown_as is ShownAs.FREE


def test_a_zone_that_windows_does_not_know_by_name_is_shown_as_one_alike() -> None:
    desk = Desk()
    entry = desk.create(FULL)
    assert desk.open(entry).StartTimeZone.ID == "W. Europe Standard Time"
    assert desk.open(entry).Start == _digits(2026, 12, 1, 9)


def test_categories_come_on_the_master_list_in_the_colour_of_the_label() -> None:
    desk = Desk()
    desk.create(FULL)
    desk.create(replace(FULL, categories=("WORK",), color_label=1))
    listed = desk.session.Categories
    each = [listed.Item(number) for number in range(1, listed.Count + 1)]
    assert [(one.Name, one.Color) for one in each] == [("Work", 5)]


def _weekly(**parts: Any) -> Appointment:
    return Appointment(
        when=NINE, title="series", recurrence=Recurrence(rules=(Rule(frequency=Frequency.WEEKLY),)), **parts
    )


def _moved(week: int, **by: float) -> Appointment:
    key = NINE.start + week * WEEK
    start = key + timedelta(**by)
    return Appointment(
        when=replace(NINE, start=start, end=start + timedelta(hours=1)), title="moved", recurrence_id=key
    )


def _shown(desk: Desk, entry: str) -> dict[date, datetime | None]:
    """The exceptions in Outlook: their original days, and when they begin or None where deleted."""
    exceptions = desk.open(entry).GetRecurrencePattern().Exceptions
    found: dict[date, datetime | None] = {}
    for number in range(1, exceptions.Count + 1):
        one = exceptions.Item(number)
        if not one.Deleted:
            found[one.OriginalDate.date()] = one.AppointmentItem.Start
        else:
            found.setdefault(one.OriginalDate.date(), None)
    return found


def test_occurrences_move_in_an_order_that_outlook_lets_pass() -> None:
    """Each goes where its neighbour was: earlier ones from the front, later ones from the back."""
    desk = Desk()
    earlier = (_moved(2, days=-6), _moved(3, days=-7))
    later = (_moved(6, days=7), _moved(7, days=6))
    entry = desk.create(_weekly(), (*earlier, *later))
    assert {day: start.day for day, start in _shown(desk, entry).items() if start} == {
        date(2026, 12, 15): 9,
        date(2026, 12, 22): 15,
        date(2027, 1, 12): 19,
        date(2027, 1, 19): 25,
    }
    assert [one.when for one in desk.read(entry).exceptions] == [one.when for one in (*earlier, *later)]


def test_an_occurrence_that_passes_its_neighbour_is_refused_before_anything_is_written() -> None:
    desk = Desk()
    with pytest.raises(Refused, match="2026-12-15"):
        desk.create(_weekly(), (_moved(2, days=-8),))
    assert desk.session.GetDefaultFolder(DefaultFolder.Calendar).Items.Count == 0


def test_more_exceptions_leave_the_series_and_its_other_exceptions_alone() -> None:
    desk = Desk()
    master = _weekly()
    entry = desk.create(master, (_moved(2, hours=1),))
    desk.machine.calls.clear()
    assert master.recurrence is not None
    gone = replace(master, recurrence=replace(master.recurrence, deleted=(NINE.start + 4 * WEEK,)))
    entry = desk.update(entry, gone, (_moved(2, hours=1), _moved(3, hours=2)))
    assert "AppointmentItem.ClearRecurrencePattern" not in desk.machine.calls
    assert list(_shown(desk, entry)) == [date(2026, 12, 15), date(2026, 12, 22), date(2026, 12, 29)]
    assert _shown(desk, entry)[date(2026, 12, 29)] is None


@pytest.mark.parametrize("taken_back", ["change", "deletion"])
def test_an_exception_that_is_taken_back_makes_the_series_anew(taken_back: str) -> None:
    desk = Desk()
    master = _weekly()
    assert master.recurrence is not None
    gone = replace(master, recurrence=replace(master.recurrence, deleted=(NINE.start + 4 * WEEK,)))
    entry = desk.create(gone, (_moved(2, hours=1),))
    if taken_back == "change":
        entry = desk.update(entry, gone, ())
        assert _shown(desk, entry) == {date(2026, 12, 29): None}
    else:
        entry = desk.update(entry, master, (_moved(2, hours=1),))
        assert list(_shown(desk, entry)) == [date(2026, 12, 15)]


def test_another_rule_keeps_the_exceptions_that_still_have_an_occurrence() -> None:
    desk = Desk()
    master = _weekly()
    entry = desk.create(master, (_moved(1, hours=1), _moved(2, hours=1)))
    fortnightly = replace(master, recurrence=Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, interval=2),)))
    entry = desk.update(entry, fortnightly, (_moved(2, hours=1),))
    assert list(_shown(desk, entry)) == [date(2026, 12, 15)]
    assert desk.read(entry).item == fortnightly


def test_a_series_that_ends_being_one_is_a_single_appointment() -> None:
    desk = Desk()
    entry = desk.create(_weekly())
    entry = desk.update(entry, replace(_weekly(), recurrence=None))
    assert not desk.open(entry).IsRecurring


@pytest.mark.parametrize("in_months", [True, False])
def test_years_are_counted_as_this_outlook_counts_them(in_months: bool) -> None:
    desk = Desk()
    desk.machine.habits.yearly_interval_in_months = in_months
    rule = Rule(frequency=Frequency.YEARLY, interval=2, by_month=(12,), by_month_day=(1,))
    item = replace(_weekly(), recurrence=Recurrence(rules=(rule,)))
    entry = desk.create(item)
    assert desk.open(entry).GetRecurrencePattern().Interval == (24 if in_months else 2)
    desk.user.edit(entry, Subject="series")
    assert desk.read(entry).item == item


def test_an_occurrence_may_become_a_whole_day() -> None:
    desk = Desk()
    days = WholeDays(start=date(2026, 12, 16), end=date(2026, 12, 17))
    changed = Appointment(when=days, title="trip", recurrence_id=NINE.start + 2 * WEEK)
    entry = desk.create(_weekly(), (changed,))
    assert [one.when for one in desk.read(entry).exceptions] == [days]


def test_a_deletion_in_outlook_leaves_a_rule_that_outlook_cannot_say_as_it_is() -> None:
    desk = Desk()
    rule = Rule(frequency=Frequency.MONTHLY, by_month_day=(1, 15), count=6)
    item = replace(_weekly(), recurrence=Recurrence(rules=(rule,)))
    entry = desk.create(item)
    desk.open(entry).GetRecurrencePattern().GetOccurrence(_digits(2027, 1, 15, 9)).Delete()
    assert item.recurrence is not None
    gone = replace(item.recurrence, deleted=(datetime(2027, 1, 15, 8, tzinfo=UTC),))
    assert desk.read(entry).item == replace(item, recurrence=gone)


def test_a_series_made_in_outlook_is_read_with_what_was_done_to_it() -> None:
    desk = Desk()
    folder = desk.user.folder(DefaultFolder.Calendar)
    entry = desk.user.create(folder, Subject="own", Start=_digits(2026, 12, 1, 9), Duration=60)
    with desk.user.open(entry) as item:
        pattern = item.GetRecurrencePattern()
        pattern.RecurrenceType = 3
        pattern.DayOfWeekMask = 4
        pattern.Instance = 5
        pattern.PatternStartDate = _digits(2026, 12, 29)
    occurrence = desk.open(entry).GetRecurrencePattern().GetOccurrence(_digits(2027, 1, 26, 9))
    occurrence.Subject = "other"
    occurrence.Save()
    found = desk.read(entry)
    assert isinstance(found.item, Appointment)
    last = Rule(frequency=Frequency.MONTHLY, by_day=(NthWeekday(Weekday.TUESDAY, -1),))
    assert found.item.recurrence == Recurrence(rules=(last,))
    assert [(one.title, one.recurrence_id) for one in found.exceptions] == [
        ("other", datetime(2027, 1, 26, 8, tzinfo=UTC))
    ]


BOB = Participant(kind=ParticipantKind.EXTERNAL, mail="bob@other.example", name="Bob", message="see you")
SEVEN = Participant(kind=ParticipantKind.USER, id=7)


def test_who_is_invited_in_outlook_joins_those_who_were() -> None:
    desk = Desk()
    group = Participant(kind=ParticipantKind.GROUP, id=3, name="all")
    entry = desk.create(replace(FULL, participants=(BOB, group)))
    with desk.user.open(entry) as item:
        item.Recipients.Add("user7@example.org")
        item.Recipients.ResolveAll()
    found = desk.read(entry).item
    assert isinstance(found, Appointment)
    assert found.participants == (BOB, group, replace(SEVEN, mail="user7@example.org"))


def test_a_meeting_of_ones_own_and_one_received_are_told_apart() -> None:
    desk = Desk()
    own = desk.create(replace(FULL, participants=(BOB,)))
    assert desk.open(own).MeetingStatus == MeetingStatus.Meeting
    me = Participant(kind=ParticipantKind.USER, id=1, answer=Answer.TENTATIVE)
    received = replace(FULL, participants=(me, BOB), organizer=Organizer(mail="carol@other.example", name="Carol"))
    entry = desk.create(received)
    found = desk.open(entry)
    assert (found.MeetingStatus, found.ResponseStatus) == (MeetingStatus.MeetingReceived, 2)
    assert desk.read(entry).item == received
    alone = desk.create(replace(FULL, participants=(me,)))
    assert desk.open(alone).MeetingStatus == MeetingStatus.NonMeeting


def test_who_sent_a_meeting_is_looked_up_where_the_item_does_not_say() -> None:
    desk = Desk()
    desk.machine.profile.people.append(Person("Carol", "carol@other.example", smtp="carol@other.example"))
    carol = Organizer(mail="carol@other.example", name="Carol")
    entry = desk.create(replace(FULL, participants=(Participant(kind=ParticipantKind.USER, id=1),), organizer=carol))
    item = desk.open(entry)
    item.PropertyAccessor.DeleteProperty(mapi()["PidTagSentRepresentingSmtpAddress"].schema)
    item.Save()
    found = desk.read(item.EntryID).item
    assert isinstance(found, Appointment)
    assert found.organizer == carol


def test_people_of_an_exchange_server_are_known_by_their_mail_address() -> None:
    desk = Desk()
    address = "/o=Example/ou=Exchange/cn=Recipients/cn=user7"
    desk.machine.profile.people.append(Person("Seven", address, type="EX", smtp="user7@example.org"))
    folder = desk.user.folder(DefaultFolder.Calendar)
    entry = desk.user.create(folder, Subject="m", MeetingStatus=1)
    with desk.user.open(entry) as item:
        item.Recipients.Add("Seven")
        item.Recipients.ResolveAll()
    found = desk.read(entry).item
    assert isinstance(found, Appointment)
    assert [(one.kind, one.id) for one in found.participants] == [(ParticipantKind.USER, 7)]


def test_an_address_of_an_exchange_server_is_looked_up_and_stays_in_the_contact() -> None:
    desk = Desk()
    address = "/o=Example/ou=Exchange/cn=Recipients/cn=user7"
    desk.machine.profile.people.append(Person("Seven", address, type="EX", smtp="user7@example.org"))
    entry = desk.create(Contact(first_name="Seven"))
    desk.user.edit(entry, Email1Address=address, Email1AddressType="EX")
    found = desk.read(entry).item
    assert isinstance(found, Contact)
    assert found.email1 == "user7@example.org"
    entry = desk.update(entry, replace(found, company="ACME"))
    assert (desk.open(entry).Email1Address, desk.open(entry).Email1AddressType) == (address, "EX")
    entry = desk.update(entry, replace(found, email1="seven@example.org"))
    assert (desk.open(entry).Email1Address, desk.open(entry).Email1AddressType) == ("seven@example.org", "SMTP")


def test_an_address_of_an_exchange_server_that_nobody_knows_is_read_as_it_is() -> None:
    desk = Desk()
    entry = desk.create(Contact(first_name="Eight"))
    desk.user.edit(entry, Email1Address="/o=Gone/cn=eight", Email1AddressType="EX")
    found = desk.read(entry).item
    assert isinstance(found, Contact)
    assert found.email1 == "/o=Gone/cn=eight"


def test_members_of_a_list_come_and_go_in_outlook() -> None:
    desk = Desk()
    entry_of_contact = Member(mail="a@x.example", name="A", contact=7, folder=3, email_field=1)
    entry = desk.create(DistributionList(display_name="Team", members=(entry_of_contact, Member(mail="b@x.example"))))
    with desk.user.open(entry) as item:
        item.RemoveMember(item.GetMember(2))
        recipient = desk.session.CreateRecipient("c@x.example")
        recipient.Resolve()
        item.AddMember(recipient)
    found = desk.read(entry).item
    assert isinstance(found, DistributionList)
    assert found.members == (entry_of_contact, Member(mail="c@x.example"))


def test_a_task_assigned_in_outlook_says_to_whom() -> None:
    desk = Desk()
    folder = desk.user.folder(DefaultFolder.Tasks)
    entry = desk.user.create(folder, Subject="do it")
    with desk.user.open(entry) as item:
        item.Assign()
        item.Recipients.Add("bob@other.example")
        item.Recipients.ResolveAll()
    found = desk.read(entry).item
    assert isinstance(found, Task)
    assert [one.mail for one in found.participants] == ["bob@other.example"]


def test_an_instant_that_a_task_is_due_at_survives_outlooks_days() -> None:
    due = Instant(at=datetime(2026, 12, 1, 23, 30, tzinfo=UTC), zone="Europe/Berlin")
    desk = Desk()
    entry = desk.create(Task(title="x", due=due))
    assert desk.open(entry).DueDate == _digits(2026, 12, 2)
    desk.user.edit(entry, Subject="y")
    assert desk.read(entry).item == Task(title="y", due=due)


def test_a_folder_that_may_not_be_written_to_says_so() -> None:
    desk = Desk()
    desk.user.folder(DefaultFolder.Tasks).read_only = True
    with pytest.raises(ComError):
        desk.create(Task(title="x"))


def test_an_item_of_another_kind_is_refused_in_plain_words() -> None:
    desk = Desk()
    entry = desk.create(Task(title="x"))
    with pytest.raises(Refused, match="another kind"):
        desk.update(entry, Contact(first_name="x"))


def test_what_the_caller_has_set_is_saved_with_an_item_that_is_as_it_should_be() -> None:
    desk = Desk()
    item = Contact(first_name="Anna")
    entry = desk.create(item)
    opened = desk.open(entry)
    opened.Hobby = "sailing"
    saved = change_item(opened, desk.read(entry), Content(item), desk.context, Shelf.of(opened))
    assert desk.open(saved.facts.entry).Hobby == "sailing"


def test_lists_and_contacts_share_a_folder() -> None:
    desk = Desk()
    desk.create(Contact(first_name="A"))
    desk.create(DistributionList(display_name="L"))
    items = desk.session.GetDefaultFolder(DefaultFolder.Contacts).Items
    assert [desk.read(items.Item(number).EntryID).item.__class__ for number in (1, 2)] == [Contact, DistributionList]
    assert items.Add(ItemType.ContactItem) is not None
