"""What the tasks page asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.parties import Directory
from passerelle.desk.places import default_place, places
from passerelle.desk.rendering import day_in_words
from passerelle.desk.tasks.form import NUMBERS, PRIORITIES, STATUSES, TEXTS, as_values, done, patch
from passerelle.desk.visit import Typed, Visit
from passerelle.desk.wallclock import moment_day
from passerelle.model.errors import Refused, Stale
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Item, Priority, Task, TaskStatus
from passerelle.model.moments import local_day
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

ORDERS: Final = {"due": Text("by day"), "status": Text("by status"), "title": Text("by subject")}
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


def page(visit: Visit) -> Response:
    """The tasks."""
    return visit.page("tasks/page.html", {"module": "tasks", **_list(visit)})


def rows(visit: Visit) -> Response:
    """The list alone."""
    return visit.page("tasks/rows.html", _list(visit))


def form(visit: Visit) -> Response:
    """The dialog of a task, or of a new one."""
    record = _record(visit) if "id" in visit.fields else None
    task = record.item if record is not None and isinstance(record.item, Task) else Task()
    return _dialog(visit, as_values(task, visit.session.user.zone, Directory(visit.session)), record)


def save(visit: Visit) -> Response:
    """Make or change a task as the form says; if that is refused, the form says why."""
    try:
        return _save(visit)
    except Refused as error:
        return _dialog(visit, visit.fields, _record(visit) if visit.fields.get("id") else None, error)


def _save(visit: Visit) -> Response:
    session, fields, zone = visit.session, visit.fields, visit.session.user.zone
    directory, folder = Directory(visit.session), FolderId(visit.number("place"))
    if not fields.get("id"):
        session.create(folder, Task(**patch(Task(), fields, zone, directory)))  # type: ignore[arg-type]  # a patch has values of the fields' types
        return visit.done(Text("The task is saved."))
    record = _record(visit)

    def change(item: Item) -> Patch:
        assert isinstance(item, Task)  # noqa: S101 - narrows the type; the module was asked for
        return patch(item, fields, zone, directory)

    session.update(
        record.id, record.folder, change,
        module=Module.TASKS, expected=Stamp(visit.number("stamp")),
        destination=folder if folder != record.folder else None,
    )  # fmt: skip
    return visit.done(Text("The task is saved."))


def tick(visit: Visit) -> Response:
    """Tick a task off, or take the tick back."""
    record = _record(visit)

    def change(item: Item) -> Patch:
        assert isinstance(item, Task)  # noqa: S101 - narrows the type; the module was asked for
        return done(item, is_done=bool(visit.fields.get("done")))

    expected = Stamp(visit.number("stamp"))
    visit.session.update(record.id, record.folder, change, module=Module.TASKS, expected=expected)
    return visit.done(Text("The task is done.") if visit.fields.get("done") else Text("The task is open again."))


def delete(visit: Visit) -> Response:
    """Delete a task."""
    record = _record(visit)
    visit.session.delete(record.id, record.folder, module=Module.TASKS, expected=Stamp(visit.number("stamp")))
    return visit.done(Text("The task is deleted."))


def _list(visit: Visit) -> dict[str, object]:
    groups = places(visit.session, Module.TASKS)
    default = default_place(groups)
    known = {place.id: place for group in groups for place in group.places}
    asked = visit.fields.get("place", "")
    chosen = next((id_ for id_ in known if str(id_) == asked), default.id if default else None)
    order = visit.fields.get("order") if visit.fields.get("order") in ORDERS else "due"
    which = visit.fields.get("shown") if visit.fields.get("shown") in SHOWN else "open"
    records = [] if chosen is None else list(visit.session.changes(chosen, Module.TASKS).items)
    found = [(one, one.item) for one in records if isinstance(one.item, Task)]
    wanted = [one for one in found if which == "all" or (one[1].status is TaskStatus.DONE) == (which == "done")]
    wanted.sort(key=lambda one: _place_in(one[1], str(order), visit.session.user.zone))
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


def _place_in(task: Task, order: str, zone: str) -> tuple[object, ...]:
    day = moment_day(task.due, zone) or date.max
    title = (task.title or "").casefold()
    match order:
        case "status":
            return (task.status, day, title)
        case "title":
            return (title, day)
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
    )


def _record(visit: Visit) -> ItemRecord:
    return visit.session.get(ItemId(visit.number("id")), Module.TASKS, FolderId(visit.number("folder")))


def _dialog(
    visit: Visit, values: Mapping[str, str], record: ItemRecord | None, error: Refused | None = None
) -> Response:
    groups = places(visit.session, Module.TASKS)
    default = default_place(groups)
    chosen = values.get("place") or str(
        record.folder if record else visit.fields.get("place") or (default.id if default else "")
    )
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
            "error": None if error is None else visit.words.say(_reason(error)),
        },
        status=200 if error is None else 422,
    )


def _reason(error: Refused) -> Text:
    if isinstance(error, Stale):
        return Text("Somebody changed the task meanwhile. Close this and open it again.")
    return error.text
