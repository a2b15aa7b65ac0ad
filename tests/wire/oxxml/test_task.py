"""Tasks."""

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Invalid, Missing
from passerelle.model.fields import Kind, of
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Priority, Task, TaskStatus
from passerelle.model.moments import Day, Instant, from_milliseconds
from passerelle.model.patch import apply, difference
from passerelle.model.records import ItemRecord
from passerelle.wire.oxxml import task
from tests.strategies import records, tasks
from tests.wire.oxxml.wire import elements, received, sent

REPORT = Task(
    title="Report",
    note="n",
    start=Day(day=date(2011, 3, 7)),
    due=Instant(at=datetime(2011, 3, 9, 16, 30, tzinfo=UTC)),
    status=TaskStatus.IN_PROGRESS,
    priority=Priority.HIGH,
    percent=25,
    completed=datetime(2011, 3, 10, 8, tzinfo=UTC),
    target_duration=90,
    actual_duration=120,
    currency="EUR",
    billing_information="b",
    companies="c",
    trip_meter="12 km",
    target_costs=Decimal("1200.50"),
    actual_costs=Decimal("1E+3"),
    alarm=datetime(2011, 3, 7, 8, tzinfo=UTC),
    categories=("a",),
    private=True,
)


def record(item: Task) -> ItemRecord:
    return ItemRecord(
        id=ItemId(700),
        folder=FolderId(33),
        item=item,
        created_by=UserId(3),
        created=from_milliseconds(1300000000000),
        modified_by=UserId(3),
        stamp=Stamp(1300000000001),
    )


def alter(item: Task, inner: str) -> Task:
    """The task after a write with some elements; the reminder is repeated, as clients must."""
    alarm = "<ox:alarm_flag>true</ox:alarm_flag>" if "alarm" not in inner else ""
    return apply(item, task.patch(elements(inner + alarm), item, "UTC"))


def test_a_task_is_written_with_all_its_elements() -> None:
    assert task.encode(record(REPORT)).decode() == (
        "<ox:object_status>CREATE</ox:object_status><ox:title>Report</ox:title><ox:note>n</ox:note>"
        "<ox:start_date>1299456000000</ox:start_date><ox:end_date>1299688200000</ox:end_date><ox:status>2</ox:status>"
        "<ox:priority>3</ox:priority><ox:percent_completed>25</ox:percent_completed>"
        "<ox:date_completed>1299744000000</ox:date_completed><ox:target_duration>90</ox:target_duration>"
        "<ox:actual_duration>120</ox:actual_duration><ox:currency>EUR</ox:currency>"
        "<ox:billing_information>b</ox:billing_information><ox:companies>c</ox:companies>"
        "<ox:trip_meter>12 km</ox:trip_meter><ox:target_costs>1200.50</ox:target_costs>"
        "<ox:actual_costs>1000</ox:actual_costs><ox:alarm_flag>true</ox:alarm_flag><ox:alarm>1299484800000</ox:alarm>"
        "<ox:created_by>3</ox:created_by><ox:creation_time>1300000000000</ox:creation_time>"
        "<ox:modified_by>3</ox:modified_by><ox:last_modified>1300000000001</ox:last_modified>"
        "<ox:object_id>700</ox:object_id><ox:folder_id>33</ox:folder_id><ox:categories>a</ox:categories>"
        "<ox:private_flag>true</ox:private_flag>"
    )


def test_all_of_it_reads_back() -> None:
    assert task.item(received(task.encode(record(REPORT))), "UTC") == REPORT


@pytest.mark.parametrize(
    "field", [row for row in of(Kind.TASK) if row.direct and row.accepted], ids=lambda row: row.name
)
def test_each_direct_row_of_the_table_can_be_cleared(field: object) -> None:
    name, element = field.name, field.ox_element  # type: ignore[attr-defined]
    full = msgspec.structs.replace(REPORT, color_label=3)
    assert getattr(alter(full, f"<ox:{element}/>"), name) == getattr(Task(), name)


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("start_date", "start"),
        ("end_date", "due"),
        ("priority", "priority"),
        ("target_costs", "target_costs"),
        ("status", "status"),
    ],
)
def test_the_others_can_be_cleared_too(element: str, name: str) -> None:
    assert getattr(alter(REPORT, f"<ox:{element}/>"), name) == getattr(Task(), name)


@pytest.mark.parametrize("status", TaskStatus)
@pytest.mark.parametrize("priority", [None, *Priority])
def test_status_and_priority_are_carried(status: TaskStatus, priority: Priority | None) -> None:
    one = Task(status=status, priority=priority)
    assert task.item(received(task.encode(record(one))), "UTC") == one
    assert task.item(sent(task.properties(one)), "UTC") == one


@pytest.mark.parametrize(
    ("inner", "code"),
    [
        ("<ox:status>6</ox:status>", ""),
        ("<ox:status>done</ox:status>", ""),
        ("<ox:priority>4</ox:priority>", "TSK-0057"),
        ("<ox:percent_completed>101</ox:percent_completed>", "TSK-0030"),
        ("<ox:target_duration>long</ox:target_duration>", "TSK-0055"),
        ("<ox:actual_costs>much</ox:actual_costs>", "TSK-0055"),
        ("<ox:actual_costs>1e999</ox:actual_costs>", "TSK-0055"),
        ("<ox:date_completed>9223372036854775807</ox:date_completed>", ""),
    ],
)
def test_malformed_values_are_refused(inner: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        alter(REPORT, inner)
    assert caught.value.code == code


def test_a_midnight_is_a_day_and_anything_else_an_instant_in_the_user_s_zone() -> None:
    made = task.item(
        elements("<ox:start_date>1299456000000</ox:start_date><ox:end_date>1299456000001</ox:end_date>"), "Asia/Kolkata"
    )
    assert made.start == Day(day=date(2011, 3, 7))
    assert made.due == Instant(at=from_milliseconds(1299456000001), zone="Asia/Kolkata")


def test_an_instant_at_midnight_stays_one_if_it_comes_back_unchanged() -> None:
    midnight = Instant(at=datetime(2011, 3, 7, tzinfo=UTC), zone="Europe/London", floating=True)
    one = msgspec.structs.replace(REPORT, start=midnight)
    assert apply(one, task.patch(received(task.encode(record(one))), one, "UTC")) == one


@pytest.mark.parametrize(("alarm", "minutes"), [("15", 15), ("0", 0), ("999999999", 999999999)])
def test_kde_s_minutes_count_back_from_the_start(alarm: str, minutes: int) -> None:
    inner = (
        f"<ox:start_date>1299492000000</ox:start_date><ox:alarm_flag>true</ox:alarm_flag><ox:alarm>{alarm}</ox:alarm>"
    )
    assert task.item(elements(inner), "UTC").alarm == from_milliseconds(1299492000000 - minutes * 60_000)


def test_minutes_count_back_from_the_due_time_where_there_is_no_start() -> None:
    one = Task(due=Day(day=date(2011, 3, 7)))
    changed = alter(one, "<ox:alarm_flag>true</ox:alarm_flag><ox:alarm>60</ox:alarm>")
    assert changed.alarm == datetime(2011, 3, 6, 23, tzinfo=UTC)


def test_an_update_without_alarm_flag_removes_the_reminder() -> None:
    assert task.patch(elements("<ox:title>x</ox:title>"), REPORT, "UTC")["alarm"] is None
    assert alter(REPORT, "<ox:title>x</ox:title>").alarm == REPORT.alarm


def test_a_move_changes_nothing() -> None:
    assert task.patch(elements("<ox:object_id>1</ox:object_id><ox:folder>60</ox:folder>"), REPORT, "UTC") == {}


def test_a_recurring_task_needs_a_date_to_repeat_from() -> None:
    inner = "<ox:recurrence_type>daily</ox:recurrence_type><ox:interval>1</ox:interval>"
    with pytest.raises(Missing) as caught:
        task.patch(elements(inner), None, "UTC")
    assert caught.value.code == "TSK-0037"


def test_kde_s_task_is_understood() -> None:
    made = task.item(
        elements(
            "<ox:folder_id>32</ox:folder_id><ox:title>Pay</ox:title><ox:note/><ox:private_flag>false</ox:private_flag>"
            "<ox:alarm_flag>false</ox:alarm_flag><ox:alarm>0</ox:alarm><ox:categories/>"
            "<ox:start_date>1796115600000</ox:start_date><ox:end_date/><ox:priority>3</ox:priority>"
            "<ox:percent_completed>25</ox:percent_completed><ox:recurrence_type>none</ox:recurrence_type>"
        ),
        "Europe/Paris",
    )
    assert made == Task(
        title="Pay",
        start=Instant(at=from_milliseconds(1796115600000), zone="Europe/Paris"),
        priority=Priority.HIGH,
        status=TaskStatus.IN_PROGRESS,
        percent=25,
    )


@pytest.mark.parametrize(
    ("percent", "status"), [(0, TaskStatus.NOT_STARTED), (1, TaskStatus.IN_PROGRESS), (100, TaskStatus.DONE)]
)
def test_a_new_task_without_status_gets_the_one_that_fits_its_percentage(percent: int, status: TaskStatus) -> None:
    assert task.item(elements(f"<ox:percent_completed>{percent}</ox:percent_completed>"), "UTC").status is status


@given(tasks())
def test_what_a_peer_that_knows_the_extension_writes_arrives_whole(one: Task) -> None:
    assert task.item(sent(task.properties(one, extended=True)), "Europe/Vienna") == one


@given(st.data())
def test_others_lose_nothing_that_the_interface_can_say(data: st.DataObject) -> None:
    one = msgspec.structs.replace(data.draw(tasks(plain=True)), recurrence=None)
    assert task.item(received(task.encode(data.draw(records(one)))), "UTC") == one
    assert task.item(sent(task.properties(one)), "UTC") == one


@settings(max_examples=40)
@given(tasks(), tasks())
def test_an_update_turns_the_one_into_the_other(before: Task, after: Task) -> None:
    said = sent(task.properties(after, difference(before, after), extended=True))
    assert apply(before, task.patch(said, before, "UTC")) == after
