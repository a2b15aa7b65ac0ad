"""What the tasks page asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.folders.tree import tree
from passerelle.desk.invitations import invitation_of
from passerelle.desk.places import chosen_place, places, shown_place
from passerelle.desk.rendering import day_in_words
from passerelle.desk.tasks.form import NUMBERS, PRIORITIES, STATUSES, TEXTS, as_values, done, patch
from passerelle.desk.visit import Typed, Visit
from passerelle.desk.wallclock import moment_day
from passerelle.model.errors import Refused
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Item, Priority, Task, TaskStatus
from passerelle.model.moments import local_day
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

ORDERS: Final = {
    "due": Text("by day"),
    "status": Text("by status"),
    "title": Text("by subject"),
    "person": Text("by person"),
}
SHOWN: Final = {"open": Text("open ones"), "all": Text("all"), "done": Text("done ones")}


class Line(Struct, frozen=True, kw_only=True):
    """A task as the list shows it."""

    id: ItemId
    folder: FolderId
    stamp: Stamp
    title: str
    due: str
    status: Text
    percent: int
    is_done: bool
    is_late: bool
    is_high: bool
    repeats: bool
    people: str


def page(visit: Visit) -> Response:
    """The tasks."""
    return visit.page("tasks/page.html", {**tree(visit, "tasks"), **listing(visit)})


def rows(visit: Visit) -> Response:
    """The list alone."""
    return visit.page("tasks/rows.html", listing(visit))


def form(visit: Visit) -> Response:
    """The dialog of a task, or of a new one."""
    record = saving.named_record(visit, Module.TASKS)
    task = record.item if record is not None and isinstance(record.item, Task) else Task()
    values = as_values(task, visit.session.user.zone, visit.directory)
    return _dialog(visit, values | {"place": visit.fields.get("place", "")}, record)


def save(visit: Visit) -> Response:
    """Make or change a task as the form says; if that is refused, the form says why."""

    def change(item: Item) -> Patch:
        assert isinstance(item, Task)  # noqa: S101 - narrows the type; the module was asked for
        return patch(item, visit.fields, visit.session.user.zone, visit.directory)

    try:
        saving.save(visit, Module.TASKS, Task(), change)
    except Refused as error:
        return _dialog(visit, visit.fields, saving.named_record(visit, Module.TASKS), error)
    return visit.done(Text("The task is saved."))


def tick(visit: Visit) -> Response:
    """Tick a task off, or take the tick back."""
    record = saving.record_of(visit, Module.TASKS)

    def change(item: Item) -> Patch:
        assert isinstance(item, Task)  # noqa: S101 - narrows the type; the module was asked for
        return done(item, is_done=bool(visit.fields.get("done")))

    visit.session.update(record.id, record.folder, change, module=Module.TASKS, expected=saving.stamp_of(visit))
    return visit.done(Text("The task is done.") if visit.fields.get("done") else Text("The task is open again."))


def answer(visit: Visit) -> Response:
    """Accept or decline a task that somebody else gave one. Raises Invalid: the answer is none."""
    record = saving.record_of(visit, Module.TASKS)
    given, message = saving.answer_of(visit), visit.fields.get("message", "").strip()
    visit.session.confirm(record.id, given, message, module=Module.TASKS, folder=record.folder)
    return visit.done(Text("Your answer is saved."))


def delete(visit: Visit) -> Response:
    """Delete a task."""
    saving.delete(visit, Module.TASKS)
    return visit.done(Text("The task is deleted."))


def listing(visit: Visit) -> dict[str, object]:
    """The tasks of the folder, and in the order, that are asked for."""
    groups = places(visit.session, Module.TASKS)
    chosen = shown_place(visit.fields, groups)
    order = visit.fields.get("order") if visit.fields.get("order") in ORDERS else "due"
    which = visit.fields.get("shown") if visit.fields.get("shown") in SHOWN else "open"
    records = [] if chosen is None else list(visit.session.changes(chosen, Module.TASKS).items)
    found = [(one, one.item) for one in records if isinstance(one.item, Task)]
    wanted = [one for one in found if which == "all" or (one[1].status is TaskStatus.DONE) == (which == "done")]
    wanted.sort(key=lambda one: _place_in(one[1], str(order), visit))
    today = local_day(datetime.now(UTC), visit.session.user.zone)
    return {
        "groups": groups,
        "chosen": chosen,
        "orders": ORDERS,
        "order": order,
        "which": which,
        "kinds": SHOWN,
        "lines": [_line(record, task, visit, today) for record, task in wanted],
    }


def people_of(task: Task, visit: Visit) -> str:
    """Who takes part in a task."""
    return ", ".join(visit.directory.name_of(one) for one in task.participants) if task.participants else ""


def _place_in(task: Task, order: str, visit: Visit) -> tuple[object, ...]:
    day = moment_day(task.due, visit.session.user.zone) or date.max
    title = (task.title or "").casefold()
    match order:
        case "status":
            return (task.status, day, title)
        case "title":
            return (title, day)
        case "person":
            return (not task.participants, people_of(task, visit).casefold(), day, title)
        case _:
            return (day, -(task.priority or Priority.NORMAL), title)


def _line(record: ItemRecord, task: Task, visit: Visit, today: date) -> Line:
    due = moment_day(task.due, visit.session.user.zone)
    is_done = task.status is TaskStatus.DONE
    return Line(
        id=record.id,
        folder=record.folder,
        stamp=record.stamp,
        title=task.title or visit.words.say(Text("Untitled")),
        due="" if due is None else day_in_words(due, visit.words),
        status=STATUSES[task.status],
        percent=task.percent,
        is_done=is_done,
        is_late=not is_done and due is not None and due < today,
        is_high=task.priority is Priority.HIGH,
        repeats=task.recurrence is not None,
        people=people_of(task, visit),
    )


def _dialog(
    visit: Visit, values: Mapping[str, str], record: ItemRecord | None, error: Refused | None = None
) -> Response:
    groups = places(visit.session, Module.TASKS)
    chosen = chosen_place(values, record, groups)
    task = record.item if record is not None and isinstance(record.item, Task) else None
    return visit.page(
        "tasks/form.html",
        {
            "values": Typed(values),
            "record": record,
            "groups": groups,
            "chosen": chosen,
            "statuses": STATUSES,
            "priorities": PRIORITIES,
            "texts": TEXTS,
            "numbers": NUMBERS,
            "invited": [] if task is None else [(visit.directory.name_of(one), one) for one in task.participants],
            "invitation": invitation_of(visit, record),
            "error": None if error is None else visit.words.say(saving.reason(error)),
        },
        status=200 if error is None else 422,
    )
