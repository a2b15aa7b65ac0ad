from __future__ import annotations

import warnings
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar as stranger
import pytest
import recurring_ical_events

from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.groupware.transfer import export_folder, import_file
from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Appointment, Contact, Item
from passerelle.model.moments import span_start
from passerelle.model.participants import Answer, ParticipantKind
from passerelle.wire import icalendar, vcard
from tests.groupware.office import READER, ZONE, Office, appointment_of, at, daily, meeting

DATA = Path(__file__).parents[3] / "shared" / "data"


def files(folder: str, suffix: str) -> list[Path]:
    return sorted((DATA / folder).glob(f"**/*{suffix}"))


def calendar(*events: str) -> bytes:
    head = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Test//EN\n"
    return (head + "".join(events) + "END:VCALENDAR\n").replace("\n", "\r\n").encode()


def event(*lines: str, uid: str | None = "one") -> str:
    its = [f"UID:{uid}"] if uid else []
    return "\n".join(["BEGIN:VEVENT", *its, "DTSTAMP:20260101T000000Z", "DTSTART:20260504T090000Z",
                      "DTEND:20260504T100000Z", *lines, "END:VEVENT\n"])  # fmt: skip


def stored(office: Office, folder: FolderId) -> list[Appointment]:
    records = office.session("anna").changes(folder, Module.CALENDAR).items
    return [appointment_of(record) for record in records]


def test_a_calendar_goes_into_the_default_folders_by_kind(office: Office) -> None:
    todo = "BEGIN:VTODO\nUID:two\nDTSTAMP:20260101T000000Z\nSUMMARY:Buy milk\nEND:VTODO\n"
    report = import_file(office.session("anna"), None, "all.ics", calendar(event("SUMMARY:Lunch"), todo))
    assert (report.name, report.imported, report.unchanged, report.refused) == ("all.ics", 2, 0, ())
    assert [item.title for item in stored(office, office.default("anna"))] == ["Lunch"]
    assert len(office.session("anna").ids(office.default("anna", Module.TASKS), Module.TASKS)) == 1


def test_importing_twice_changes_nothing(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    data = calendar(event("SUMMARY:With uid"), event("SUMMARY:Without", uid=None))
    assert import_file(session, home, "a.ics", data).imported == 2
    before = list(session.changes(home, Module.CALENDAR).items)
    again = import_file(session, home, "a.ics", data)
    assert (again.imported, again.unchanged, again.notes) == (0, 2, ())
    assert list(session.changes(home, Module.CALENDAR).items) == before


def test_different_cards_with_one_uid_are_all_kept_and_equal_ones_are_taken_once(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna", Module.CONTACTS)
    names = ("Ada", "Ben", "Ada")
    data = "".join(f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nUID:one\nEND:VCARD\n" for name in names).encode()
    report = import_file(session, home, "a.vcf", data)
    assert (report.imported, report.unchanged, len(report.notes)) == (2, 1, 2)
    found = [record.item for record in session.changes(home, Module.CONTACTS).items]
    assert {item.display_name for item in found if isinstance(item, Contact)} == {"Ada", "Ben"}
    assert import_file(session, home, "a.vcf", data).imported == 0


def test_two_users_may_import_the_same_file(office: Office) -> None:
    for login in ("anna", "bruno"):
        assert import_file(office.session(login), None, "a.ics", calendar(event())).imported == 1


def test_a_newer_revision_replaces_what_is_there_and_another_difference_is_told(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    import_file(session, home, "a.ics", calendar(event("SUMMARY:Old")))
    other = import_file(session, home, "a.ics", calendar(event("SUMMARY:Other")))
    assert (other.unchanged, len(other.notes)) == (1, 1)
    newer = import_file(session, home, "a.ics", calendar(event("SUMMARY:New", "SEQUENCE:1")))
    assert (newer.imported, newer.notes) == (1, ())
    assert [item.title for item in stored(office, home)] == ["New"]


def test_a_broken_event_is_refused_with_line_and_reason_and_the_rest_goes_on(office: Office) -> None:
    broken = event("RRULE:FREQ=SOMETIMES", uid="broken")
    report = import_file(office.session("anna"), None, "a.ics", calendar(broken, event()))
    assert report.imported == 1
    (problem,) = report.refused
    assert problem.line > 0
    assert "SOMETIMES" in problem.reason


@pytest.mark.parametrize("name", ["a.ics", "a.vcf"])
def test_a_file_that_is_neither_is_refused(office: Office, name: str) -> None:
    report = import_file(office.session("anna"), None, name, b"\x89PNG nothing of the kind")
    assert report.imported == 0
    assert len(report.refused) == 1


def test_attendees_of_the_organisation_take_part_and_are_not_asked_whether_they_are_free(office: Office) -> None:
    office.session("bruno").create(office.default("bruno"), meeting(participants=(office.invite_room(),)))
    lines = (
        "ORGANIZER;CN=Anna:mailto:Anna@example.org",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:BRUNO@example.org",
        "ATTENDEE;CUTYPE=ROOM:mailto:room@example.org",
        "ATTENDEE:mailto:stranger@example.com",
    )
    when = f"DTSTART:{at(10).start:%Y%m%dT%H%M%SZ}\nDTEND:{at(10).end:%Y%m%dT%H%M%SZ}"
    data = calendar(
        "BEGIN:VEVENT\nUID:x\nDTSTAMP:20260101T000000Z\n" + when + "\n" + "\n".join(lines) + "\nEND:VEVENT\n"
    )
    assert import_file(office.session("anna"), None, "a.ics", data).imported == 1
    (item,) = stored(office, office.default("anna"))
    kinds = {each.kind: each for each in item.participants}
    assert set(kinds) == {ParticipantKind.USER, ParticipantKind.RESOURCE, ParticipantKind.EXTERNAL}
    assert kinds[ParticipantKind.USER].answer is Answer.ACCEPTED
    assert item.organizer is not None
    assert item.organizer.id == office.user("anna").id
    assert len(office.session("bruno").ids(office.default("bruno"), Module.CALENDAR)) == 2


@pytest.mark.parametrize(("teller", "imported"), [(Teller.NOBODY, 1), (Teller.SERVER, 0)])
def test_what_others_take_part_in_is_taken_where_something_is_set_up_and_refused_in_a_replica(
    office: Office, teller: Teller, imported: int
) -> None:
    session = Session(office.store, office.user("anna").id, teller=teller)
    data = calendar(event("SUMMARY:Meeting", "ATTENDEE:mailto:bruno@example.org"))
    report = import_file(session, office.default("anna"), "a.ics", data)
    assert (report.imported, len(report.refused)) == (imported, 1 - imported)


def test_a_series_with_several_starts_a_day_becomes_several_series(office: Office) -> None:
    session = office.session("anna")
    data = calendar(event("RRULE:FREQ=DAILY;BYHOUR=9,15;COUNT=6", "SUMMARY:Medicine"))
    report = import_file(session, None, "a.ics", data)
    assert report.imported == 2
    assert any("several times a day" in note for note in report.notes)
    exported = b"".join(export_folder(session, office.default("anna")))
    assert occurrences_of(exported) == occurrences_of(data)
    assert import_file(session, None, "a.ics", data).imported == 0


def test_an_additional_date_at_another_time_becomes_an_appointment_of_its_own(office: Office) -> None:
    session = office.session("anna")
    data = calendar(event("RRULE:FREQ=WEEKLY;COUNT=3", "RDATE:20260506T140000Z", "SUMMARY:Choir"))
    assert import_file(session, None, "a.ics", data).imported == 2
    choir, extra = sorted(stored(office, office.default("anna")), key=lambda item: item.recurrence is None)
    assert choir.recurrence is not None
    assert choir.recurrence.dates == ()
    assert (span_start(extra.when), extra.recurrence) == (datetime(2026, 5, 6, 14, tzinfo=UTC), None)
    assert occurrences_of(b"".join(export_folder(session, office.default("anna")))) == occurrences_of(data)


def test_changed_occurrences_come_with_their_series(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    moved = event("SUMMARY:Later", "RECURRENCE-ID:20260505T090000Z")
    data = calendar(event("RRULE:FREQ=DAILY;COUNT=3", "SUMMARY:Daily"), moved)
    assert import_file(session, home, "a.ics", data).imported == 1
    records = list(session.changes(home, Module.CALENDAR).items)
    master = next(record for record in records if record.master is None)
    assert master.changed == (datetime(2026, 5, 5, 9, tzinfo=UTC),)
    assert [record.master for record in records if record.master] == [master.id]


def test_changed_occurrences_without_their_series_stand_alone(office: Office) -> None:
    moved = event("SUMMARY:Later", "RECURRENCE-ID:20260505T090000Z")
    assert import_file(office.session("anna"), None, "a.ics", calendar(moved)).imported == 1
    (item,) = stored(office, office.default("anna"))
    assert (item.title, item.recurrence_id) == ("Later", None)


def test_where_nothing_may_be_put_nothing_is_imported(office: Office) -> None:
    shared = office.share_default("anna", office.grant("bruno", READER))
    with pytest.raises(Forbidden):
        import_file(office.session("bruno"), shared, "a.ics", calendar(event()))
    with pytest.raises(NotFound):
        import_file(office.session("carla"), shared, "a.ics", calendar(event()))
    with pytest.raises(NotFound):
        import_file(office.session("carla"), FolderId(4711), "a.ics", calendar(event()))


def test_a_folder_of_another_kind_leaves_items_to_the_default_folder(office: Office) -> None:
    folder = office.default("anna", Module.CONTACTS)
    report = import_file(office.session("anna"), folder, "a.ics", calendar(event()))
    assert (report.imported, len(report.notes)) == (1, 1)
    assert len(stored(office, office.default("anna"))) == 1


def test_control_characters_are_left_out_and_told(office: Office) -> None:
    report = import_file(office.session("anna"), None, "a.ics", calendar(event("SUMMARY:Bell\x07")))
    assert len(report.notes) == 1
    assert [item.title for item in stored(office, office.default("anna"))] == ["Bell"]


def test_an_export_names_people_and_calls_nobody_s_own_time_a_meeting(office: Office) -> None:
    session, home = office.session("anna"), office.default("anna")
    session.create(home, meeting("Alone", recurrence=daily(2)))
    session.create(home, meeting("Together", at(15), participants=office.invite("bruno")), ignore_conflicts=True)
    read = icalendar.read(b"".join(export_folder(session, home)), ZONE)
    people = {
        series.master.title: {each.mail for each in series.master.participants}
        for series in read.entries
        if series.master is not None
    }
    assert people == {"Alone": set(), "Together": {"anna@example.org", "bruno@example.org"}}


def test_an_export_holds_what_the_reader_may_read(office: Office) -> None:
    shared = office.share_default("anna", office.grant("bruno", READER))
    office.session("anna").create(shared, meeting("Open"))
    office.session("anna").create(shared, meeting("Secret", at(15), private=True))
    exported = b"".join(export_folder(office.session("bruno"), shared))
    assert b"Open" in exported
    assert b"Secret" not in exported
    with pytest.raises(NotFound):
        export_folder(office.session("carla"), shared)


def occurrences_of(data: bytes) -> list[tuple[str, str, str]]:
    """What an independent program finds in a calendar within ten years."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = recurring_ical_events.of(stranger.Calendar.from_ical(data), components=["VEVENT"])
        events = found.between((2016, 1, 1), (2027, 1, 1))
    return sorted((_said(e["DTSTART"].dt), _said(e["DTEND"].dt), str(e.get("SUMMARY", ""))) for e in events)


def _said(value: date | datetime) -> str:
    if not isinstance(value, datetime):
        return value.isoformat()
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(ZONE))).astimezone(UTC).isoformat()


@pytest.mark.skipif(not DATA.is_dir(), reason="the shared test data is not beside the repository")
class TestRealFiles:
    """Files that other programs wrote."""

    BROKEN = "bad_rrule_missing_until_event.ics"

    @pytest.mark.parametrize("path", files("calendars", ".ics"), ids=lambda path: path.stem)
    def test_a_calendar_comes_out_with_the_occurrences_it_went_in_with(self, office: Office, path: Path) -> None:
        session, folder, data = office.session("anna"), office.private("anna").id, path.read_bytes()
        report = import_file(session, folder, path.name, data)
        assert bool(report.refused) is (path.name == self.BROKEN)
        assert import_file(session, folder, path.name, data).imported == 0
        if not report.refused:
            assert occurrences_of(b"".join(export_folder(session, folder))) == occurrences_of(data)

    @pytest.mark.rule("6.cards")
    @pytest.mark.parametrize("path", files("contacts", ".vcf"), ids=lambda path: path.stem)
    def test_an_address_book_comes_out_as_it_went_in(self, office: Office, path: Path) -> None:
        session, folder = office.session("anna"), office.private("anna", "Own", Module.CONTACTS).id
        report = import_file(session, folder, path.name, path.read_bytes())
        assert not report.refused
        assert import_file(session, folder, path.name, path.read_bytes()).imported == 0
        records = session.changes(folder, Module.CONTACTS).items
        before = {record.item.uid: _name(record.item) for record in records}
        after = vcard.read(b"".join(export_folder(session, folder))).entries
        assert {item.uid: _name(item) for item in after} == before


def _name(item: Item) -> str | None:
    assert isinstance(item, Contact)
    return item.display_name
