"""Series: every recurrence reaches an OX client as correct occurrences, and what it sends back is understood."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Contradiction, Invalid, Missing, Refused
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Appointment, Task
from passerelle.model.moments import Day, Span, Timed, WholeDays, midnight
from passerelle.model.occurrences import day_of, occurrences
from passerelle.model.patch import apply
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, NthWeekday, Recurrence, Rule, Weekday
from passerelle.wire.oxxml import appointment, places, series, task
from passerelle.wire.oxxml.common import header
from passerelle.wire.oxxml.requests import Control
from passerelle.wire.oxxml.values import day_list
from tests.strategies import appointments
from tests.wire.oxxml.wire import elements, received, sent

STAMP = Stamp(1300000000000)
START = datetime(2011, 3, 7, 9, tzinfo=UTC)
MONDAY_9 = Timed(start=START, end=START + timedelta(hours=1), zone="UTC")
TOO_MANY = ",".join(str(number * 86_400_000) for number in range(series.MOST_DAYS + 1))


def weekly(**parts: object) -> Appointment:
    rule = Rule(frequency=Frequency.WEEKLY, by_day=(NthWeekday(Weekday.MONDAY),), **parts)  # type: ignore[arg-type]
    return Appointment(when=MONDAY_9, recurrence=Recurrence(rules=(rule,)))


def record(item: Appointment, changed: Sequence[datetime] = ()) -> ItemRecord:
    return ItemRecord(
        id=ItemId(900),
        folder=FolderId(31),
        item=item,
        created_by=UserId(3),
        created=START,
        modified_by=UserId(3),
        stamp=STAMP,
        master=ItemId(901) if item.recurrence_id else None,
        changed=tuple(changed),
    )


def shown(item: Appointment) -> dict[str, str]:
    """The recurrence elements of an answer."""
    said = received(appointment.encode(record(item)))
    names = {*series.ELEMENTS, "deleteexceptions", "changeexceptions", "recurrence_id", "recurrence_position"}
    return {name: text for name, text in said.texts.items() if name in names}


def alter(item: Appointment, **changes: object) -> Appointment:
    """The series after a client sent it back with some elements changed (None: left out)."""
    said = dict(received(appointment.encode(record(item))).texts) | {
        name: None if value is None else str(value) for name, value in changes.items()
    }
    keep = {*series.ELEMENTS, "deleteexceptions", "start_date", "end_date", "full_time"}
    kept = {name: text for name, text in said.items() if name in keep and text is not None}
    inner = "".join(f"<ox:{name}>{text}</ox:{name}>" for name, text in kept.items())
    return apply(item, appointment.patch(elements(inner), item, "UTC", stamp=STAMP))


def days_of(item: Appointment, until: date) -> list[date]:
    """The days on which something takes place."""
    assert item.recurrence is not None
    found = occurrences(item.when, item.recurrence, end=midnight(until))
    return sorted({day_of(item.when, one.key) for one in found})


# Answers


def test_a_number_of_occurrences_comes_with_the_day_of_the_last() -> None:
    assert shown(weekly(count=5)) == {
        "recurrence_id": "900", "recurrence_type": "weekly", "days": "2", "interval": "1", "occurrences": "5",
        "until": "1301875200000",
    }  # fmt: skip


def test_the_elements_stand_in_java_s_order() -> None:
    text = appointment.encode(record(weekly(count=5))).decode()
    assert (
        "<ox:recurrence_id>900</ox:recurrence_id><ox:recurrence_type>weekly</ox:recurrence_type><ox:days>2</ox:days>"
        "<ox:interval>1</ox:interval><ox:until>1301875200000</ox:until><ox:occurrences>5</ox:occurrences>"
    ) in text


def test_an_endless_series_has_no_until() -> None:
    assert "until" not in shown(weekly())


def test_deleted_and_changed_days_are_listed_as_midnights() -> None:
    gone = datetime(2011, 3, 21, 9, tzinfo=UTC)
    one = weekly(count=5)
    assert one.recurrence is not None
    one = msgspec.structs.replace(one, recurrence=msgspec.structs.replace(one.recurrence, deleted=(gone,)))
    said = received(appointment.encode(record(one, [datetime(2011, 3, 14, 9, tzinfo=UTC)])))
    assert (said.text("deleteexceptions"), said.text("changeexceptions")) == ("1300665600000", "1300060800000")
    assert header(said).changed == (date(2011, 3, 14),)


def test_an_exception_knows_its_position_in_the_series() -> None:
    one = Appointment(when=MONDAY_9, recurrence_id=datetime(2011, 3, 14, 9, tzinfo=UTC))
    said = received(appointment.encode(record(one), master=weekly(count=5)))
    assert (said.text("recurrence_position"), said.text("recurrence_id")) == ("2", "901")
    read = appointment.item(said, "UTC", master=weekly(count=5))
    assert read.recurrence_id == one.recurrence_id


@settings(max_examples=30)
@given(appointments(series=True))
def test_every_recurrence_reaches_the_client_as_the_right_days(one: Appointment) -> None:
    said = received(appointment.encode(record(one)))
    read = appointment.item(said, one.when.zone if isinstance(one.when, Timed) else "UTC")
    end = series.horizon(one.when, STAMP)
    assert days_of(read, end) == days_of(one, end)


@settings(max_examples=30)
@given(appointments(series=True))
def test_a_client_s_write_reaches_the_server_as_the_right_days(one: Appointment) -> None:
    read = appointment.item(
        sent(appointment.properties(one, stamp=STAMP)), one.when.zone if isinstance(one.when, Timed) else "UTC"
    )
    end = series.horizon(one.when, STAMP)
    assert days_of(read, end) == days_of(one, end)


@settings(max_examples=30)
@given(appointments(series=True))
def test_peers_that_know_the_extension_lose_nothing(one: Appointment) -> None:
    assert appointment.item(sent(appointment.properties(one, extended=True)), "Asia/Tokyo") == one


# What comes back


@settings(max_examples=30)
@given(appointments(series=True))
def test_a_series_that_comes_back_as_it_was_given_is_left_alone(one: Appointment) -> None:
    said = received(appointment.encode(record(one)))
    assert apply(one, appointment.patch(said, one, "UTC", stamp=STAMP)) == one


@settings(max_examples=30)
@given(appointments(series=True), st.data())
def test_a_client_that_deletes_one_more_day_deletes_just_that(one: Appointment, data: st.DataObject) -> None:
    end = series.horizon(one.when, STAMP)
    here = days_of(one, end)[1:20]
    if not here:
        return
    gone = data.draw(st.sampled_from(here))
    listed = received(appointment.encode(record(one))).value("deleteexceptions")
    one_more = ",".join([*([listed] if listed else []), day_list([gone])])
    after = alter(one, deleteexceptions=one_more)
    assert one.recurrence is not None
    assert after.recurrence is not None
    assert after.recurrence.rules == one.recurrence.rules
    assert after.when == one.when
    assert set(days_of(after, end)) == set(days_of(one, end)) - {gone}


def test_kde_sends_back_until_without_the_number_of_occurrences() -> None:
    assert alter(weekly(count=5), occurrences=None) == weekly(count=5)


def test_kde_s_until_has_the_time_of_day_of_the_last_occurrence() -> None:
    late = Timed(
        start=datetime(2011, 3, 6, 22, tzinfo=UTC), end=datetime(2011, 3, 6, 23, tzinfo=UTC), zone="Asia/Tokyo"
    )
    rule = Rule(frequency=Frequency.WEEKLY, by_day=(NthWeekday(Weekday.MONDAY),), count=5)
    one = Appointment(when=late, recurrence=Recurrence(rules=(rule,)))
    until = int((datetime(2011, 4, 3, 23, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()) * 1000
    assert alter(one, occurrences=None, until=until) == one


def test_empty_lists_of_deletions_are_ignored_and_the_rest_can_be_taken_back() -> None:
    first, second = datetime(2011, 3, 14, 9, tzinfo=UTC), datetime(2011, 3, 21, 9, tzinfo=UTC)
    one = weekly(count=5)
    assert one.recurrence is not None
    one = msgspec.structs.replace(one, recurrence=msgspec.structs.replace(one.recurrence, deleted=(first, second)))
    assert alter(one, deleteexceptions="") == one
    assert alter(one, deleteexceptions=None) == one
    fewer = alter(one, deleteexceptions="1300060800000")
    assert fewer.recurrence is not None
    assert fewer.recurrence.deleted == (first,)


def test_another_time_of_day_takes_the_deletions_along() -> None:
    paris = msgspec.structs.replace(MONDAY_9, zone="Europe/Paris")
    gone = datetime(2011, 4, 4, 8, tzinfo=UTC)  # summer time by then
    rule = Rule(frequency=Frequency.WEEKLY, count=9, week_start=Weekday.SUNDAY)
    one = Appointment(when=paris, recurrence=Recurrence(rules=(rule,), deleted=(gone,)))
    after = alter(one, start_date=1299488400000 + 3_600_000, end_date=1299492000000 + 3_600_000)
    assert after.recurrence == Recurrence(rules=(rule,), deleted=(gone + timedelta(hours=1),))
    assert days_of(after, date(2012, 1, 1)) == days_of(one, date(2012, 1, 1))


def test_a_series_of_hours_becomes_one_of_whole_days_with_its_deletions() -> None:
    gone = datetime(2011, 3, 14, 9, tzinfo=UTC)
    one = weekly(count=5)
    assert one.recurrence is not None
    one = msgspec.structs.replace(one, recurrence=msgspec.structs.replace(one.recurrence, deleted=(gone,)))
    after = alter(one, start_date=1299456000000, end_date=1299542400000, full_time="true")
    assert after.when == WholeDays(start=date(2011, 3, 7), end=date(2011, 3, 8))
    assert days_of(after, date(2012, 1, 1)) == days_of(one, date(2012, 1, 1))


def test_another_pattern_replaces_the_rule_and_drops_the_deletions() -> None:
    gone = datetime(2011, 3, 14, 9, tzinfo=UTC)
    one = weekly(count=5)
    assert one.recurrence is not None
    one = msgspec.structs.replace(one, recurrence=msgspec.structs.replace(one.recurrence, deleted=(gone,)))
    after = alter(one, interval=2, until=None, deleteexceptions=None)
    assert days_of(after, date(2011, 4, 5)) == [date(2011, 3, 7), date(2011, 3, 21), date(2011, 4, 4)]


def test_a_limit_can_be_lifted() -> None:
    after = alter(weekly(count=5), until=None, occurrences=None)
    assert len(days_of(after, date(2012, 3, 7))) == 53


def test_an_update_without_recurrence_type_ends_the_series() -> None:
    assert alter(weekly(count=5), recurrence_type=None).recurrence is None
    assert alter(weekly(count=5), recurrence_type="none").recurrence is None
    assert alter(weekly(count=5), recurrence_type="").recurrence is None


def test_a_write_that_names_an_occurrence_leaves_the_rule_alone() -> None:
    inner = "<ox:recurrence_date_position>1300060800000</ox:recurrence_date_position><ox:title>x</ox:title>"
    assert "recurrence" not in appointment.patch(elements(inner), weekly(count=5), "UTC", stamp=STAMP)


def made(inner: str, when: Span = MONDAY_9) -> Appointment:
    """A new series with some recurrence elements."""
    assert isinstance(when, Timed)
    start, end = (int(at.timestamp()) * 1000 for at in (when.start, when.end))
    times = f"<ox:start_date>{start}</ox:start_date><ox:end_date>{end}</ox:end_date>"
    return appointment.item(elements(times + inner), "UTC")


def pattern(kind: str, rest: str) -> str:
    return f"<ox:recurrence_type>{kind}</ox:recurrence_type><ox:interval>1</ox:interval>{rest}"


def test_kde_s_sunday_and_its_last_week_are_understood() -> None:
    sundays = made(pattern("weekly", "<ox:days>128</ox:days>"))
    assert days_of(sundays, date(2011, 3, 21)) == [date(2011, 3, 13), date(2011, 3, 20)]
    assert sundays.when == Timed(start=START + timedelta(days=6), end=START + timedelta(days=6, hours=1))
    last = made(pattern("monthly", "<ox:days>2</ox:days><ox:day_in_month>-1</ox:day_in_month>"))
    assert days_of(last, date(2011, 5, 1)) == [date(2011, 3, 28), date(2011, 4, 25)]


@pytest.mark.parametrize(
    ("inner", "first"),
    [
        (pattern("daily", ""), [date(2011, 3, 7), date(2011, 3, 8)]),
        (pattern("weekly", "<ox:days>62</ox:days>"), [date(2011, 3, 7), date(2011, 3, 8)]),
        (pattern("monthly", "<ox:day_in_month>7</ox:day_in_month>"), [date(2011, 3, 7), date(2011, 4, 7)]),
        (
            pattern("monthly", "<ox:days>62</ox:days><ox:day_in_month>5</ox:day_in_month>"),
            [date(2011, 3, 31), date(2011, 4, 29)],
        ),
        (
            pattern("yearly", "<ox:day_in_month>25</ox:day_in_month><ox:month>11</ox:month>"),
            [date(2011, 12, 25), date(2012, 12, 25)],
        ),
        (
            pattern("yearly", "<ox:days>1</ox:days><ox:day_in_month>2</ox:day_in_month><ox:month>4</ox:month>"),
            [date(2011, 5, 8), date(2012, 5, 13)],
        ),
    ],
)
def test_the_patterns_mean_what_the_reference_says(inner: str, first: list[date]) -> None:
    assert days_of(made(inner), date(2013, 1, 1))[:2] == first


def test_a_number_and_an_end_may_come_together_if_they_agree() -> None:
    both = "<ox:days>2</ox:days><ox:occurrences>5</ox:occurrences><ox:until>1301875200000</ox:until>"
    assert len(days_of(made(pattern("weekly", both)), date(2013, 1, 1))) == 5
    with pytest.raises(Contradiction) as caught:
        made(pattern("weekly", both.replace("1301875200000", "1311961600000")))
    assert caught.value.code == "APP-0095"


@pytest.mark.parametrize(
    ("inner", "kind"),
    [
        ("<ox:recurrence_type>hourly</ox:recurrence_type><ox:interval>1</ox:interval>", Invalid),
        ("<ox:recurrence_type>daily</ox:recurrence_type>", Missing),
        ("<ox:recurrence_type>daily</ox:recurrence_type><ox:interval/>", Missing),
        ("<ox:recurrence_type>daily</ox:recurrence_type><ox:interval>0</ox:interval>", Invalid),
        ("<ox:recurrence_type>daily</ox:recurrence_type><ox:interval>often</ox:interval>", Invalid),
        (pattern("daily", "<ox:until>9223372036854775807</ox:until>"), Invalid),
        (pattern("daily", "<ox:deleteexceptions>1,2,x</ox:deleteexceptions>"), Invalid),
        (pattern("daily", "<ox:occurrences>99999999999999</ox:occurrences>"), Invalid),
        (pattern("daily", f"<ox:deleteexceptions>{TOO_MANY}</ox:deleteexceptions>"), Invalid),
    ],
    ids=range(9),
)
def test_malformed_patterns_are_refused(inner: str, kind: type[Refused]) -> None:
    with pytest.raises(kind):
        made(inner)


def test_days_that_are_no_occurrences_delete_nothing() -> None:
    inner = pattern(
        "weekly", "<ox:days>2</ox:days><ox:deleteexceptions>1300147200000,1300060800000</ox:deleteexceptions>"
    )
    one = made(inner)
    assert one.recurrence is not None
    assert one.recurrence.deleted == (datetime(2011, 3, 14, 9, tzinfo=UTC),)


# Positions


def test_a_position_names_the_day_of_an_occurrence() -> None:
    one = weekly(count=5)
    assert one.recurrence is not None
    by_number = Control(recurrence_position=2)
    by_day = Control(recurrence_date_position=1300060800000)
    assert places.occurrence_day(one.when, one.recurrence, by_number, STAMP) == date(2011, 3, 14)
    assert places.occurrence_day(one.when, one.recurrence, by_day, STAMP) == date(2011, 3, 14)
    assert places.occurrence_day(one.when, one.recurrence, Control(), STAMP) is None


@pytest.mark.parametrize("number", [-1, 6, 2**31])
def test_a_position_outside_the_series_is_refused(number: int) -> None:
    one = weekly(count=5)
    assert one.recurrence is not None
    with pytest.raises(Contradiction) as caught:
        places.occurrence_day(one.when, one.recurrence, Control(recurrence_position=number), STAMP)
    assert caught.value.code == "APP-0074"


def test_positions_count_the_occurrences_that_the_client_was_shown() -> None:
    rule = Rule(frequency=Frequency.MONTHLY, by_month_day=(7, 14), count=4)
    one = Appointment(when=MONDAY_9, recurrence=Recurrence(rules=(rule,)))
    shown_as = appointment.item(received(appointment.encode(record(one))), "UTC")
    assert one.recurrence is not None
    assert shown_as.recurrence is not None
    day = date(2011, 3, 14)
    position = places.position(one.when, one.recurrence, day, STAMP)
    assert position is not None
    assert places.occurrence_day(one.when, one.recurrence, Control(recurrence_position=position), STAMP) == day
    listed = [day_of(one.when, each.key) for each in occurrences(shown_as.when, shown_as.recurrence, deleted=True)]
    assert listed[position - 1] == day


def test_a_series_begins_with_an_additional_date_before_its_start() -> None:
    early = START - timedelta(days=4)
    one = weekly(count=2)
    assert one.recurrence is not None
    choir = msgspec.structs.replace(one.recurrence, dates=(early,))
    one = msgspec.structs.replace(one, recurrence=choir)
    said = received(appointment.encode(record(one)))
    shown_as = appointment.item(said, "UTC")
    assert shown_as.recurrence is not None
    assert said.text("start_date") == "1299142800000"
    assert [each.span for each in occurrences(shown_as.when, shown_as.recurrence)] == [
        Timed(start=at, end=at + timedelta(hours=1), zone="UTC") for at in (early, START, START + timedelta(days=7))
    ]
    assert apply(one, appointment.patch(said, one, "UTC", stamp=STAMP)) == one
    second = Control(recurrence_position=places.position(one.when, choir, START.date(), STAMP))
    assert places.occurrence_day(one.when, choir, second, STAMP) == START.date()


# Horizon


@pytest.mark.parametrize(
    ("start", "stamp", "end"),
    [
        (date(2011, 3, 7), 0, date(2021, 3, 7)),
        (date(2011, 3, 7), 1_900_000_000_000, date(2040, 3, 17)),
        (date(2012, 2, 29), 0, date(2022, 2, 28)),
        (date(9998, 1, 1), 0, date(9999, 1, 1)),
    ],
)
def test_endless_rules_are_written_out_for_ten_years(start: date, stamp: int, end: date) -> None:
    assert series.horizon(WholeDays(start=start, end=start + timedelta(days=1)), stamp) == end


# Tasks


def test_a_recurring_task_is_its_current_one() -> None:
    rule = Rule(frequency=Frequency.WEEKLY, by_day=(NthWeekday(Weekday.MONDAY),), count=5)
    one = Task(start=Day(day=date(2011, 3, 7)), due=Day(day=date(2011, 3, 9)), recurrence=Recurrence(rules=(rule,)))
    held = msgspec.structs.replace(record(weekly()), item=one)
    said = received(task.encode(held))
    assert [said.text(name) for name in ("recurrence_id", "recurrence_position", "recurrence_type", "until")] == [
        "900", "1", "weekly", "1301875200000",
    ]  # fmt: skip
    assert task.item(said, "UTC") == one
    assert task.patch(said, one, "UTC", stamp=STAMP)["recurrence"] == one.recurrence


def test_a_task_moves_to_the_first_day_of_its_pattern_with_its_length() -> None:
    inner = "<ox:start_date>1299456000000</ox:start_date><ox:end_date>1299628800000</ox:end_date>"
    one = task.item(elements(inner + pattern("weekly", "<ox:days>1</ox:days>")), "UTC")
    assert (one.start, one.due) == (Day(day=date(2011, 3, 13)), Day(day=date(2011, 3, 15)))


@settings(max_examples=30)
@given(appointments(series=True), st.sampled_from(["UTC", "Pacific/Auckland", "America/New_York"]))
def test_an_answer_is_read_whatever_the_zone_of_the_reader(one: Appointment, zone: str) -> None:
    read = appointment.item(received(appointment.encode(record(one))), zone)
    assert read.recurrence is not None
