"""Single appointments, and what all appointments share; series are tested in ``test_series``."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Contradiction, Invalid, Missing
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Appointment, ShownAs
from passerelle.model.moments import Timed, WholeDays, from_milliseconds
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind, Role
from passerelle.model.patch import apply, difference
from passerelle.model.records import ItemRecord
from passerelle.wire.oxxml import appointment
from passerelle.wire.oxxml.common import header
from passerelle.wire.oxxml.people import confirmation, confirmation_properties
from tests.strategies import appointments, records
from tests.wire.oxxml.wire import elements, received, sent

pytestmark = pytest.mark.long

START = datetime(2011, 3, 7, 9, tzinfo=UTC)
END = datetime(2011, 3, 7, 10, tzinfo=UTC)
MEETING = Appointment(
    when=Timed(start=START, end=END, zone="Europe/Paris"),
    title="Jour fixe",
    location="Hall",
    note="one\ntwo",
    alarm=15,
    uid="u-1",
    color_label=3,
    categories=("a", "b"),
    participants=(
        Participant(kind=ParticipantKind.USER, id=3, answer=Answer.ACCEPTED),
        Participant(kind=ParticipantKind.GROUP, id=4),
        Participant(kind=ParticipantKind.RESOURCE, id=2),
        Participant(kind=ParticipantKind.EXTERNAL, mail="guest@example.net", name="Guest <1>"),
        Participant(kind=ParticipantKind.EXTERNAL_GROUP, mail="all@example.net", name="All"),
    ),
)
TIMES = "<ox:start_date>1299488400000</ox:start_date><ox:end_date>1299492000000</ox:end_date>"


def record(item: Appointment) -> ItemRecord:
    return ItemRecord(
        id=ItemId(900),
        folder=FolderId(31),
        item=item,
        created_by=UserId(3),
        created=from_milliseconds(1300000000000),
        modified_by=UserId(4),
        stamp=Stamp(1300000000001),
        master=ItemId(901) if item.recurrence_id else None,
    )


def alter(item: Appointment, inner: str) -> Appointment:
    """The appointment after a write with some elements; the reminder is repeated, as clients must."""
    alarm = "<ox:alarm_flag>true</ox:alarm_flag>" if "alarm" not in inner else ""
    return apply(item, appointment.patch(elements(inner + alarm), item, "UTC"))


def test_an_appointment_is_written_in_java_s_order() -> None:
    assert appointment.encode(record(MEETING)).decode() == (
        "<ox:object_status>CREATE</ox:object_status>"
        f"{TIMES}<ox:location>Hall</ox:location><ox:full_time>false</ox:full_time><ox:shown_as>1</ox:shown_as>"
        "<ox:alarm_flag>true</ox:alarm_flag><ox:alarm>15</ox:alarm><ox:uid>u-1</ox:uid>"
        "<ox:color_label>3</ox:color_label><ox:title>Jour fixe</ox:title><ox:note>one\ntwo</ox:note><ox:participants>"
        '<ox:user ox:confirm="accept" ox:external="false">3</ox:user><ox:group ox:external="false">4</ox:group>'
        '<ox:resource ox:external="false">2</ox:resource>'
        '<ox:user ox:external="true" ox:mail="guest@example.net" ox:displayname="Guest &lt;1&gt;">0</ox:user>'
        '<ox:group ox:external="true" ox:mail="all@example.net" ox:displayname="All">0</ox:group></ox:participants>'
        "<ox:created_by>3</ox:created_by><ox:creation_time>1300000000000</ox:creation_time>"
        "<ox:modified_by>4</ox:modified_by><ox:last_modified>1300000000001</ox:last_modified>"
        "<ox:object_id>900</ox:object_id><ox:folder_id>31</ox:folder_id><ox:categories>a,b</ox:categories>"
        "<ox:private_flag>false</ox:private_flag>"
    )


def test_unset_texts_are_left_out_and_flags_are_not() -> None:
    bare = Appointment(when=WholeDays(start=date(2011, 3, 7), end=date(2011, 3, 8)))
    said = received(appointment.encode(record(bare)))
    assert "title" not in said
    assert [said.text(name) for name in ("full_time", "alarm_flag", "private_flag", "color_label", "start_date")] == [
        "true", "false", "false", "0", "1299456000000",
    ]  # fmt: skip
    assert said.text("end_date") == "1299542400000"


# When


@pytest.mark.parametrize(
    ("inner", "code"),
    [("<ox:end_date>1</ox:end_date>", "APP-0026"), ("<ox:start_date>1</ox:start_date>", "APP-0027")],
)
def test_a_new_appointment_needs_both_ends(inner: str, code: str) -> None:
    with pytest.raises(Missing) as caught:
        appointment.patch(elements(inner), None, "UTC")
    assert caught.value.code == code


def test_an_end_cannot_be_cleared() -> None:
    with pytest.raises(Missing):
        alter(MEETING, "<ox:end_date/>")


def test_a_new_appointment_is_in_the_acting_user_s_zone_and_keeps_it() -> None:
    made = appointment.patch(elements(TIMES), None, "Europe/Paris")
    assert made["when"] == Timed(start=START, end=END, zone="Europe/Paris")
    later = alter(MEETING, "<ox:end_date>1299495600000</ox:end_date>")
    assert later.when == Timed(start=START, end=datetime(2011, 3, 7, 11, tzinfo=UTC), zone="Europe/Paris")


def test_what_the_wire_cannot_say_of_a_time_survives_its_coming_back() -> None:
    exact = Timed(start=START.replace(microsecond=5), end=END, zone="Asia/Kolkata", end_zone="UTC", floating=True)
    one = msgspec.structs.replace(MEETING, when=exact)
    assert alter(one, TIMES + "<ox:full_time>false</ox:full_time>").when == exact


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (1299456000000, 1299542400000, 1),
        (1299456000000, 1299456000000, 1),  # KDE writes one day so
        (1299456000000, 1299456000000 + 86_399_000, 1),
        (1299456000000, 1299456000000 + 3 * 86_400_000, 3),
        (1299456000000 + 3600_000, 1299456000000 + 2 * 86_400_000 + 7200_000, 2),
    ],
)
def test_whole_days_end_at_a_midnight_and_last_a_day_at_least(start: int, end: int, days: int) -> None:
    inner = f"<ox:start_date>{start}</ox:start_date><ox:end_date>{end}</ox:end_date><ox:full_time>true</ox:full_time>"
    first = date(2011, 3, 7)
    made = appointment.item(elements(inner), "America/New_York")
    assert made.when == WholeDays(start=first, end=date.fromordinal(first.toordinal() + days))


def test_whole_days_that_end_before_they_start_are_refused() -> None:
    inner = "<ox:start_date>86400000</ox:start_date><ox:end_date>0</ox:end_date><ox:full_time>true</ox:full_time>"
    with pytest.raises(Invalid) as caught:
        appointment.patch(elements(inner), None, "UTC")
    assert caught.value.code == "APP-0020"


@pytest.mark.parametrize("value", ["soon", "9223372036854775807", "-9223372036854775807", "253402300800000", "1.5"])
@pytest.mark.parametrize("whole", ["true", "false"])
def test_times_outside_the_calendar_are_refused(value: str, whole: str) -> None:
    inner = (
        f"<ox:start_date>{value}</ox:start_date><ox:end_date>{value}</ox:end_date><ox:full_time>{whole}</ox:full_time>"
    )
    with pytest.raises(Invalid) as caught:
        appointment.patch(elements(inner), None, "UTC")
    assert caught.value.field == "start_date"


def test_the_last_day_of_the_calendar_has_no_end() -> None:
    inner = "<ox:start_date>253402214400000</ox:start_date><ox:end_date>253402214400000</ox:end_date>"
    with pytest.raises(Invalid):
        appointment.patch(elements(inner + "<ox:full_time>true</ox:full_time>"), None, "UTC")


# Flags and numbers


@pytest.mark.parametrize("shown_as", ShownAs)
def test_shown_as_is_carried(shown_as: ShownAs) -> None:
    one = Appointment(when=MEETING.when, shown_as=shown_as)
    assert appointment.item(received(appointment.encode(record(one))), "Europe/Paris") == one


def test_shown_as_nought_is_stored_as_reserved_and_others_are_refused() -> None:
    free = Appointment(when=MEETING.when, shown_as=ShownAs.FREE)
    assert alter(free, "<ox:shown_as>0</ox:shown_as>").shown_as is ShownAs.RESERVED
    assert alter(free, "<ox:shown_as/>").shown_as is ShownAs.RESERVED
    with pytest.raises(Invalid) as caught:
        alter(free, "<ox:shown_as>5</ox:shown_as>")
    assert caught.value.code == "APP-0025"


def test_a_label_out_of_range_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        alter(MEETING, "<ox:color_label>257</ox:color_label>")
    assert caught.value.code == "APP-0021"


# Reminders


def test_an_update_without_alarm_flag_removes_the_reminder() -> None:
    patch = appointment.patch(elements("<ox:title>x</ox:title>"), MEETING, "UTC")
    assert patch["alarm"] is None
    assert appointment.patch(
        elements("<ox:alarm_flag>false</ox:alarm_flag><ox:alarm>0</ox:alarm>"), MEETING, "UTC"
    ) == {
        "alarm": None,
        "recurrence": None,
    }


def test_a_reminder_needs_its_flag_on_create() -> None:
    assert appointment.item(elements(TIMES + "<ox:alarm>15</ox:alarm>"), "UTC").alarm is None
    flagged = "<ox:alarm_flag>true</ox:alarm_flag><ox:alarm>15</ox:alarm>"
    assert appointment.item(elements(TIMES + flagged), "UTC").alarm == 15


def test_the_flag_alone_keeps_a_reminder_or_sets_one_at_the_start() -> None:
    assert alter(MEETING, "<ox:alarm_flag>true</ox:alarm_flag>").alarm == 15
    assert alter(msgspec.structs.replace(MEETING, alarm=None), "<ox:alarm_flag>true</ox:alarm_flag>").alarm == 0


def test_a_reminder_after_the_start_is_shown_at_the_start_and_kept() -> None:
    late = msgspec.structs.replace(MEETING, alarm=-10)
    said = received(appointment.encode(record(late)))
    assert said.text("alarm") == "0"
    assert "alarm" not in appointment.patch(said, late, "UTC")


def test_minus_one_is_no_reminder() -> None:
    assert alter(MEETING, "<ox:alarm_flag>true</ox:alarm_flag><ox:alarm>-1</ox:alarm>").alarm is None


@pytest.mark.parametrize("alarm", ["-2", "soon", "99999999999"])
def test_a_malformed_reminder_is_refused(alarm: str) -> None:
    with pytest.raises(Invalid, match="alarm"):
        alter(MEETING, f"<ox:alarm_flag>true</ox:alarm_flag><ox:alarm>{alarm}</ox:alarm>")


def test_kde_s_move_says_nothing_of_reminder_or_series_and_changes_neither() -> None:
    move = "<ox:object_id>900</ox:object_id><ox:folder_id>31</ox:folder_id><ox:last_modified>1</ox:last_modified>"
    assert appointment.patch(elements(move + "<ox:folder>60</ox:folder>"), MEETING, "UTC") == {}


# Participants


def test_a_list_of_participants_replaces_the_old_one() -> None:
    inner = '<ox:participants><ox:user ox:confirm="decline">3</ox:user><ox:user>5</ox:user></ox:participants>'
    assert alter(MEETING, inner).participants == (
        Participant(kind=ParticipantKind.USER, id=3, answer=Answer.DECLINED),
        Participant(kind=ParticipantKind.USER, id=5),
    )
    assert alter(MEETING, "<ox:participants/>").participants == ()
    assert alter(MEETING, "<ox:title>x</ox:title>").participants == MEETING.participants


def test_what_the_wire_cannot_say_of_a_participant_stays() -> None:
    known = Participant(
        kind=ParticipantKind.USER, id=3, answer=Answer.TENTATIVE, message="maybe", role=Role.CHAIR, name="Anton"
    )
    guest = Participant(kind=ParticipantKind.EXTERNAL, mail="Guest@example.net", name="G", answer=Answer.ACCEPTED)
    one = msgspec.structs.replace(MEETING, participants=(known, guest))
    inner = (
        '<ox:participants><ox:user ox:external="true" ox:mail="guest@example.net" ox:displayname="New name"/>'
        "<ox:user>3</ox:user></ox:participants>"
    )
    assert alter(one, inner).participants == (msgspec.structs.replace(guest, name="New name"), known)


@pytest.mark.parametrize(
    ("child", "kind"),
    [
        ("<ox:robot>3</ox:robot>", Invalid),
        ("<ox:user>Anton</ox:user>", Invalid),
        ("<ox:user/>", Invalid),
        ("<ox:user>-3</ox:user>", Invalid),
        ('<ox:user ox:confirm="perhaps">3</ox:user>', Invalid),
        ('<ox:resource ox:external="true" ox:mail="x@example.net"/>', Invalid),
        ('<ox:user ox:external="true">/o=EXCHANGE/cn=Guest</ox:user>', Missing),
    ],
)
def test_malformed_participants_are_refused(child: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        alter(MEETING, f"<ox:participants>{child}</ox:participants>")


@pytest.mark.parametrize("answer", Answer)
def test_a_confirmation_arrives(answer: Answer) -> None:
    assert confirmation(sent(confirmation_properties(answer, "maybe <later>"))) == (answer, "maybe <later>")


def test_a_confirmation_must_say_one_of_four_words() -> None:
    with pytest.raises(Missing):
        confirmation(elements(""))
    with pytest.raises(Invalid, match="yes"):
        confirmation(elements("<ox:confirm>yes</ox:confirm>"))


# What clients send back


def test_attachments_and_authors_in_a_write_are_ignored() -> None:
    inner = (
        '<ox:attachments><ox:attachment ox:id="1">x</ox:attachment></ox:attachments><ox:created_by>9</ox:created_by>'
        "<ox:object_status>CREATE</ox:object_status><ox:users>1</ox:users><ox:recurrence_calculator/>"
        "<ox:changeexceptions>1</ox:changeexceptions>"
    )
    assert alter(MEETING, inner) == MEETING


def test_an_exception_cannot_become_a_series() -> None:
    one = msgspec.structs.replace(MEETING, recurrence_id=START)
    with pytest.raises(Contradiction) as caught:
        alter(one, "<ox:recurrence_type>daily</ox:recurrence_type><ox:interval>1</ox:interval>")
    assert caught.value.code == "APP-0099"
    assert alter(one, "<ox:recurrence_type>none</ox:recurrence_type>") == one


def test_the_position_of_an_exception_is_written_and_read() -> None:
    one = msgspec.structs.replace(MEETING, recurrence_id=datetime(2011, 3, 14, 9, tzinfo=UTC))
    said = received(appointment.encode(record(one)))
    assert said.text("recurrence_date_position") == "1300060800000"
    assert said.text("changeexceptions") == "1300060800000"
    assert "recurrence_type" not in said
    about = header(said)
    assert (about.master, about.day) == (901, date(2011, 3, 14))
    assert appointment.item(said, "Europe/Paris").recurrence_id == datetime(2011, 3, 14, tzinfo=UTC)


# Round trips


@given(appointments(series=False))
def test_what_such_a_client_writes_arrives_whole(one: Appointment) -> None:
    reached = appointment.item(sent(appointment.properties(one, extended=True)), "Europe/Vienna")
    assert reached == one


@given(st.data())
def test_others_lose_nothing_that_the_interface_can_say(data: st.DataObject) -> None:
    one = data.draw(appointments(plain=True, series=False))
    content = appointment.encode(data.draw(records(one)))
    assert msgspec.structs.replace(appointment.item(received(content), "UTC"), uid=None) == one
    assert appointment.item(sent(appointment.properties(one)), "UTC") == one


@settings(max_examples=40)
@given(appointments(series=False), appointments(series=False))
def test_an_update_turns_the_one_into_the_other(before: Appointment, after: Appointment) -> None:
    # the position of an exception is no content: a write cannot change it
    after = msgspec.structs.replace(after, recurrence_id=before.recurrence_id)
    said = sent(appointment.properties(after, difference(before, after), extended=True))
    assert apply(before, appointment.patch(said, before, "UTC")) == after


@given(appointments(series=False))
def test_sending_back_what_was_received_changes_nothing(one: Appointment) -> None:
    said = received(appointment.encode(record(one)))
    assert apply(one, appointment.patch(said, one, "UTC")) == one


@pytest.mark.parametrize(
    "text",
    [
        '{"when": {"type": "timed", "start": "2011-03-07T09:00:00", "end": "2011-03-07T10:00:00"}}',
        '{"when": {"type": "timed", "start": "2011-03-07T09:00:00Z", "end": "2011-03-07T10:00:00Z", "zone": "Mars"}}',
        '{"when": {"type": "days", "start": "2011-03-07", "end": "2011-03-07"}}',
        '{"participants": [{"kind": "user"}]}',
        '{"participants": [{"kind": "external", "id": 3}]}',
        '{"recurrence": {}}',
        '{"recurrence": {"rules": [{"frequency": "DAILY", "interval": 0}]}}',
        '{"recurrence": {"rules": [{"frequency": "DAILY", "count": 1, "until": "2011-03-07T09:00:00Z"}]}}',
        '{"recurrence": {"rules": [{"frequency": "DAILY", "count": 99999999}]}}',
        '{"recurrence": {"rules": [{"frequency": "MONTHLY", "by_month_day": [0]}]}}',
        '{"recurrence": {"rules": [{"frequency": "MONTHLY", "by_day": [{"day": 0, "n": 0}]}]}}',
        '{"recurrence": {"dates": ["2011-03-07T09:00:00"]}}',
        '{"shown_as": 7}',
        "{" * 100,
        '{"foreign": ' + "[" * 5000 + "]" * 5000 + "}",
    ],
)
def test_a_malformed_extension_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        alter(MEETING, f'<p:item xmlns:p="urn:passerelle:ox">{text}</p:item>')


def test_times_of_the_extension_are_taken_to_utc() -> None:
    when = '{"when": {"type": "timed", "start": "2011-03-07T10:00:00+01:00", "end": "2011-03-07T11:00:00+01:00"}}'
    made = alter(MEETING, f'<p:item xmlns:p="urn:passerelle:ox">{when}</p:item>')
    assert made.when == Timed(start=START, end=END)


def test_the_organizer_travels_in_the_extension_only() -> None:
    one = msgspec.structs.replace(MEETING, organizer=Organizer(id=3), cancelled=True)
    assert b"organizer" not in appointment.encode(record(one))
    assert appointment.item(sent(appointment.properties(one, extended=True)), "UTC") == one
