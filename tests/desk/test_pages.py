"""What people see and do on the pages, without a browser: forms say what they mean, and lose nothing."""

from __future__ import annotations

from datetime import date, timedelta

import msgspec
import pytest

from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Appointment, Contact, Priority, Task, TaskStatus
from passerelle.model.moments import Day, Timed, WholeDays, span_day
from passerelle.model.participants import Answer
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from tests.desk.serving import Visitor
from tests.groupware.office import EDITOR, MONDAY, READER, Office, appointment_of, at, daily, meeting

SCRIPT = "<script>alert(1)</script>'\"&"


def only(office: Office, module: Module = Module.CALENDAR, login: str = "anna") -> ItemRecord:
    """The one item of a user's default folder."""
    (record,) = office.session(login).changes(office.default(login, module), module).items
    return record


def items(office: Office, folder: FolderId, module: Module = Module.CALENDAR) -> list[ItemRecord]:
    return list(office.session("anna").changes(folder, module).items)


def dialog(visitor: Visitor, record: ItemRecord, day: date | None = None, area: str = "calendar") -> dict[str, str]:
    """The fields of the dialog of an item."""
    values = {"id": record.id, "folder": record.folder} | ({"day": day} if day else {})
    return visitor.form(f"/{area}/item", **values)


def test_an_appointment_is_made_with_all_that_the_form_says(anna: Visitor, office: Office) -> None:
    fields = anna.form("/calendar/item", start=f"{MONDAY}T09:00", end=f"{MONDAY}T10:30") | {
        "title": "Planning", "location": "Room 1", "shown_as": "3", "alarm": "30", "color": "4",
        "categories": "Work, Team", "note": "First line\r\nsecond", "participants": "Bruno Blanc\r\nguest@example.com",
    }  # fmt: skip
    assert anna.post("/calendar/save", **fields).status_code == 204
    item = appointment_of(only(office))
    assert item.when == at(9, minutes=90)
    assert (item.title, item.location, item.shown_as, item.alarm, item.color_label) == ("Planning", "Room 1", 3, 30, 4)
    assert (item.categories, item.note) == (("Work", "Team"), "First line\nsecond")
    assert {one.mail or one.id for one in item.participants} >= {office.user("bruno").id, "guest@example.com"}


def test_whole_days_are_both_days_that_the_form_names(anna: Visitor, office: Office) -> None:
    fields = anna.form("/calendar/item", start=f"{MONDAY}T00:00", end=f"{MONDAY + timedelta(2)}T00:00", all_day="1")
    assert (fields["first"], fields["last"]) == (str(MONDAY), str(MONDAY + timedelta(1)))
    assert anna.post("/calendar/save", **fields | {"title": "Fair"}).status_code == 204
    assert appointment_of(only(office)).when == WholeDays(start=MONDAY, end=MONDAY + timedelta(2))


def test_saving_a_dialog_unchanged_changes_nothing(anna: Visitor, office: Office) -> None:
    session, calendar = office.session("anna"), office.default("anna")
    rule = Rule(frequency=Frequency.MONTHLY, by_day=(NthWeekday(Weekday.FRIDAY, -1),))
    for item in (
        meeting("Plain", at(9), note="a\nb", note_html="<p>a<br>b</p>", alarm=7, shown_as=2),
        meeting("Weekly", at(11), recurrence=Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=4),))),
        meeting("Strange", at(13, day=MONDAY + timedelta(4)), recurrence=Recurrence(rules=(rule,))),
        meeting("Days", WholeDays(start=MONDAY, end=MONDAY + timedelta(3))),
        meeting("Flight", msgspec.structs.replace(at(15), zone="America/New_York", end_zone="Asia/Tokyo")),
        meeting("Invited", at(17), participants=(*office.invite("anna", "bruno"), office.invite_room())),
    ):
        record = session.create(calendar, item, ignore_conflicts=True)
        assert anna.post("/calendar/save", **dialog(anna, record)).status_code == 204
        assert session.get(record.id, Module.CALENDAR).item == record.item, item.title


def test_one_occurrence_is_changed_and_the_others_stay(anna: Visitor, office: Office) -> None:
    calendar = office.default("anna")
    series = office.session("anna").create(calendar, meeting("Series", recurrence=daily(5)))
    day = MONDAY + timedelta(2)
    fields = dialog(anna, series, day)
    assert (fields["scope"], fields["start"]) == ("one", f"{day}T10:00")
    changed = fields | {"title": "Special", "start": f"{day}T15:00", "end": f"{day}T16:00"}
    assert anna.post("/calendar/save", **changed).status_code == 204
    shown = office.session("anna").agenda([calendar], MONDAY, MONDAY + timedelta(7))
    assert [one.appointment.title for one in shown] == ["Series", "Series", "Special", "Series", "Series"]


def test_a_whole_series_moves_as_far_as_the_occurrence_that_was_moved(anna: Visitor, office: Office) -> None:
    rule = Rule(frequency=Frequency.WEEKLY, count=3, by_day=(NthWeekday(Weekday.MONDAY),))
    series = office.session("anna").create(
        office.default("anna"), meeting("Series", recurrence=Recurrence(rules=(rule,)))
    )
    second = MONDAY + timedelta(7)
    fields = dialog(anna, series, second) | {"scope": "all"}
    later = second + timedelta(1)
    moved = fields | {"start": f"{later}T12:00", "end": f"{later}T12:30"}
    assert anna.post("/calendar/save", **moved).status_code == 204
    shown = office.session("anna").agenda([series.folder], MONDAY, MONDAY + timedelta(30))
    assert [span_day(one.span) for one in shown] == [MONDAY + timedelta(1 + 7 * week) for week in range(3)]
    assert all(isinstance(one.span, Timed) and one.span.end - one.span.start == timedelta(minutes=30) for one in shown)


def test_a_whole_series_moves_by_the_wall_clock_also_when_clocks_change_between(anna: Visitor, office: Office) -> None:
    saturday = date(2031, 3, 29)  # clocks change in the night that follows
    rule = Rule(frequency=Frequency.WEEKLY, count=20, by_day=(NthWeekday(Weekday.SATURDAY),))
    first = at(10, day=saturday - timedelta(42))
    series = office.session("anna").create(
        office.default("anna"), meeting("Series", first, recurrence=Recurrence(rules=(rule,)))
    )
    sunday = saturday + timedelta(1)
    moved = dialog(anna, series, saturday) | {"scope": "all", "start": f"{sunday}T10:00", "end": f"{sunday}T11:00"}
    assert anna.post("/calendar/save", **moved).status_code == 204
    assert appointment_of(only(office)).when == at(10, day=saturday - timedelta(41))


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        (
            {"repeat": "DAILY", "interval": "2", "ends": "count", "count": "5"},
            Rule(frequency=Frequency.DAILY, interval=2, count=5),
        ),
        (
            {"repeat": "WEEKLY", "interval": "1", "ends": "never", "on_0": "1", "on_3": "1"},
            Rule(frequency=Frequency.WEEKLY, by_day=(NthWeekday(Weekday.MONDAY), NthWeekday(Weekday.THURSDAY))),
        ),
        (
            {"repeat": "MONTHLY", "interval": "1", "ends": "never"},
            Rule(frequency=Frequency.MONTHLY, by_month_day=(MONDAY.day,)),
        ),
    ],
)
def test_a_series_is_made_as_the_form_says(anna: Visitor, office: Office, fields: dict[str, str], rule: Rule) -> None:
    asked = anna.form("/calendar/item", start=f"{MONDAY}T09:00", end=f"{MONDAY}T10:00") | {"title": "Series"} | fields
    assert anna.post("/calendar/save", **asked).status_code == 204
    record = only(office)
    assert appointment_of(record).recurrence == Recurrence(rules=(rule,))
    again = dialog(anna, record, MONDAY)
    assert {name: again.get(name) for name in fields} == fields


def test_a_series_that_ends_on_a_day_has_that_day_as_its_last(anna: Visitor, office: Office) -> None:
    last = MONDAY + timedelta(3)
    asked = anna.form("/calendar/item", start=f"{MONDAY}T23:30", end=f"{MONDAY}T23:45")
    asked |= {"title": "Late", "repeat": "DAILY", "interval": "1", "ends": "until", "until": str(last)}
    assert anna.post("/calendar/save", **asked).status_code == 204
    shown = office.session("anna").agenda([office.default("anna")], MONDAY, MONDAY + timedelta(9))
    assert [span_day(one.span) for one in shown][-1] == last
    assert dialog(anna, only(office), MONDAY)["until"] == str(last)


def test_who_is_busy_is_named_and_may_be_booked_anyway(anna: Visitor, office: Office) -> None:
    office.session("bruno").create(office.default("bruno"), meeting("Dentist", at(10)))
    asked = anna.form("/calendar/item", start=f"{MONDAY}T10:00", end=f"{MONDAY}T11:00")
    asked |= {"title": "Together", "participants": "Bruno Blanc"}
    refused = anna.post("/calendar/save", **asked)
    assert refused.status_code == 422
    assert "Bruno Blanc" in refused.text
    assert "Dentist" not in refused.text
    assert 'value="Together"' in refused.text
    assert anna.post("/calendar/save", **asked, ignore="1").status_code == 204


def test_a_room_that_is_taken_cannot_be_booked(anna: Visitor, office: Office) -> None:
    office.session("bruno").create(office.default("bruno"), meeting("Board", participants=(office.invite_room(),)))
    asked = anna.form("/calendar/item", start=f"{MONDAY}T10:00", end=f"{MONDAY}T11:00")
    refused = anna.post("/calendar/save", **asked | {"participants": "Meeting room"})
    assert refused.status_code == 422
    assert "Save anyway" not in refused.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"start": "yesterday"}, "is no time"),
        ({"end": f"{MONDAY}T08:00"}, "The end comes before the start."),
        ({"participants": "Nobody Known"}, "Nobody is called"),
        ({"participants": "<b>@example.com"}, "Nobody is called"),
        ({"repeat": "DAILY", "interval": "0", "ends": "never"}, "Give a number from 1"),
        ({"repeat": "HOURLY2", "interval": "1", "ends": "never"}, "Say how often"),
        ({"alarm": "soon"}, "is no number"),
        ({"calendar": "999999"}, "There is no folder"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_made(
    anna: Visitor, office: Office, wrong: dict[str, str], said: str
) -> None:
    asked = anna.form("/calendar/item", start=f"{MONDAY}T09:00", end=f"{MONDAY}T10:00") | {"title": "Kept"} | wrong
    refused = anna.post("/calendar/save", **asked)
    assert refused.status_code == 422
    assert said in refused.text
    assert 'value="Kept"' in refused.text
    assert items(office, office.default("anna")) == []


def test_what_somebody_changed_meanwhile_is_not_overwritten(anna: Visitor, office: Office) -> None:
    session = office.session("anna")
    record = session.create(office.default("anna"), meeting())
    fields = dialog(anna, record)
    session.update(record.id, record.folder, lambda _: {"title": "Newer"})
    refused = anna.post("/calendar/save", **fields | {"title": "Older"})
    assert refused.status_code == 422
    assert "meanwhile" in refused.text
    assert only(office).item.title == "Newer"  # type: ignore[union-attr]  # an appointment


def test_an_appointment_is_dragged_and_only_its_time_changes(anna: Visitor, office: Office) -> None:
    record = office.session("anna").create(office.default("anna"), meeting("Drag", alarm=5, note="kept"))
    place = {"id": record.id, "folder": record.folder, "stamp": record.stamp}
    assert anna.post("/calendar/move", **place, start=f"{MONDAY}T14:00", end=f"{MONDAY}T15:00").status_code == 204
    assert appointment_of(only(office)) == msgspec.structs.replace(appointment_of(record), when=at(14), sequence=1)


def test_an_invitation_is_answered(bruno: Visitor, office: Office) -> None:
    mine = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("anna", "bruno")))
    shown = only(office, login="bruno")
    assert "Accept" in bruno.get("/calendar/item", id=shown.id, folder=shown.folder).text
    assert bruno.post("/calendar/answer", id=shown.id, folder=shown.folder, answer="tentative").status_code == 204
    found = appointment_of(office.session("anna").get(mine.id, Module.CALENDAR))
    answers = {one.id: one.answer for one in found.participants}
    assert answers[office.user("bruno").id] is Answer.TENTATIVE


def test_the_calendar_shows_own_public_and_shared_ones_with_their_owners(bruno: Visitor, office: Office) -> None:
    office.share_default("anna", office.grant("bruno", READER))
    page = bruno.get("/calendar").text
    assert "Anna Arnold – Calendar" in page
    assert page.count('name="shown"') == 2


def test_in_a_folder_that_may_only_be_read_nothing_can_be_saved(bruno: Visitor, office: Office) -> None:
    folder = office.share_default("anna", office.grant("bruno", READER))
    record = office.session("anna").create(folder, meeting("Hers"))
    refused = bruno.post("/calendar/save", **dialog(bruno, record) | {"title": "Mine"})
    assert refused.status_code == 422
    assert bruno.post("/calendar/delete", id=record.id, folder=folder, stamp=record.stamp).status_code == 403
    assert only(office).item == record.item


def test_names_of_scripts_are_only_names(anna: Visitor, office: Office) -> None:
    session = office.session("anna")
    session.create_folder(FolderId(1), SCRIPT, module=Module.CONTACTS)
    appointment = session.create(office.default("anna"), meeting(SCRIPT, location=SCRIPT, note=SCRIPT))
    contact = session.create(office.default("anna", Module.CONTACTS), Contact(display_name=SCRIPT, company=SCRIPT))
    task = session.create(office.default("anna", Module.TASKS), Task(title=SCRIPT, note=SCRIPT))
    pages = (
        anna.get("/contacts"), anna.get("/tasks"),
        anna.get("/calendar/item", id=appointment.id, folder=appointment.folder),
        anna.get("/contacts/item", id=contact.id, folder=contact.folder),
        anna.get("/tasks/item", id=task.id, folder=task.folder),
        anna.get("/contacts", search=SCRIPT),
    )  # fmt: skip
    for page in pages:
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text


def test_a_task_is_made_and_ticked_off(anna: Visitor, office: Office) -> None:
    fields = anna.form("/tasks/item") | {"title": "Paint", "due": str(MONDAY), "priority": "3", "target_costs": "12,50"}
    assert anna.post("/tasks/save", **fields).status_code == 204
    record = only(office, Module.TASKS)
    assert isinstance(record.item, Task)
    assert (record.item.due, record.item.priority) == (Day(day=MONDAY), Priority.HIGH)
    assert str(record.item.target_costs) == "12.50"
    assert "Paint" in anna.get("/tasks").text
    place = {"id": record.id, "folder": record.folder, "stamp": record.stamp}
    assert anna.post("/tasks/tick", **place, done="1").status_code == 204
    ticked = only(office, Module.TASKS)
    assert isinstance(ticked.item, Task)
    assert (ticked.item.status, ticked.item.percent) == (TaskStatus.DONE, 100)
    assert ticked.item.completed is not None
    assert "Paint" not in anna.get("/tasks/rows").text
    assert "Paint" in anna.get("/tasks/rows", shown="done").text


def test_pages_speak_the_language_of_their_user(bruno: Visitor) -> None:
    page = bruno.get("/calendar").text
    assert '<html lang="fr">' in page
    assert "Nouveau rendez-vous" in page


def test_the_login_speaks_the_language_of_the_browser(visitor: Visitor) -> None:
    visitor.http.headers["Accept-Language"] = "nl, de-CH;q=0.8, fr;q=0.5"
    assert "Anmelden" in visitor.get("/enter").text


def test_an_item_moves_to_the_folder_that_is_chosen(anna: Visitor, office: Office) -> None:
    other = office.public("anna", "Other", Module.CALENDAR, office.grant("bruno", EDITOR))
    record = office.session("anna").create(office.default("anna"), meeting())
    assert anna.post("/calendar/save", **dialog(anna, record) | {"calendar": str(other.id)}).status_code == 204
    assert [one.id for one in items(office, other.id)] == [ItemId(record.id)]
    assert items(office, office.default("anna")) == []


def test_what_is_asked_for_too_broadly_is_refused(anna: Visitor) -> None:
    assert anna.get("/calendar/events", start="2000-01-01", end="2900-01-01").status_code == 422
    assert anna.get("/calendar/events", start="x", end="y").status_code == 422
    assert anna.get("/calendar/item", id="1", folder="x").status_code == 422
    assert anna.get("/calendar/item", id="99999999", folder="20").status_code == 404


def test_the_appointment_of_somebody_shows_as_it_was_made(anna: Visitor, office: Office) -> None:
    calendar = office.default("anna")
    office.session("anna").create(calendar, Appointment(title="Early", when=at(8)))
    (shown,) = anna.get("/calendar/events", start=MONDAY, end=MONDAY + timedelta(1), folders=calendar).json()
    assert (shown["title"], shown["start"], shown["end"]) == ("Early", f"{MONDAY}T08:00", f"{MONDAY}T09:00")
    assert anna.get("/calendar/events", start=MONDAY, end=MONDAY + timedelta(1), folders="").json() == []
