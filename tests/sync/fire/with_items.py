"""Steps of a walk: what people do with items."""

from __future__ import annotations

from typing import Final

from passerelle.model.folders import Folder, Module
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.participants import Answer
from passerelle.model.records import ItemRecord
from tests.sync.fire.edits import EDITS, HIDING, RESCHEDULING, Change, new
from tests.sync.fire.ledger import WATCHED, name_of, title_of
from tests.sync.fire.script import PICK, step
from tests.sync.fire.stage import PLACES
from tests.sync.fire.walk import Walk, allowed, pick

EVERYWHERE: Final = len(PLACES)
MODULES: Final = (Module.CALENDAR, Module.CALENDAR, Module.CONTACTS, Module.TASKS)
CHANGES: Final = (*EDITS, *HIDING, *RESCHEDULING)
ANSWERS: Final = tuple(Answer)


@step(2, place=EVERYWHERE, module=len(MODULES), number=PICK, shape=12, invited=8)
def create(walk: Walk, place: int, module: int, number: int, shape: int, invited: int) -> None:
    """Somebody makes an item in any folder."""
    folder = pick([one for one in walk.stage.folders(place) if one.module is MODULES[module]], number)
    if folder is not None:
        title = walk.value("item")
        item = new(MODULES[module], shape, title, walk.people(folder, invited))
        if allowed(lambda: walk.stage.session(place).create(folder.id, item, ignore_conflicts=True)):
            walk.ledger.born[title, None] = place


@step(8, place=EVERYWHERE, number=PICK, change=len(CHANGES), how=PICK)
def edit(walk: Walk, place: int, number: int, change: int, how: int) -> None:
    """Somebody changes an item; often several of them the same one, for numbers come again."""
    record = _edit(walk, place, number, CHANGES[change], how)
    if record is not None and CHANGES[change] in RESCHEDULING and record.master is None:
        walk.ledger.rescheduled.add(title_of(record.item))
    if record is not None and CHANGES[change] in HIDING:  # who had edited it keeps a copy
        walk.ledger.copied.add(title_of(record.item))


@step(2, place=EVERYWHERE, number=PICK, invited=8)
def invite(walk: Walk, place: int, number: int, invited: int) -> None:
    """Somebody decides anew who takes part; in no copy, to which others may well be invited once more."""
    found = walk.any_item(place, number, lambda item: title_of(item) not in walk.ledger.copied)
    if found is not None and isinstance(found[1].item, Appointment | Task):
        people = walk.people(found[0], invited)
        walk.update(place, *found, lambda _: {"participants": people})


@step(2, place=EVERYWHERE, number=PICK, answer=len(ANSWERS))
def confirm(walk: Walk, place: int, number: int, answer: int) -> None:
    """Somebody answers an invitation."""
    found = walk.any_item(place, number)
    if found is not None and found[0].module is not Module.CONTACTS:
        session, message = walk.stage.session(place), walk.value("m")
        allowed(lambda: session.confirm(found[1].id, ANSWERS[answer], message, module=found[0].module))


@step(2, place=EVERYWHERE, number=PICK)
def delete(walk: Walk, place: int, number: int) -> None:
    """Somebody deletes an item."""
    found = walk.any_item(place, number)
    if found is None:
        return
    folder, record = found
    session = walk.stage.session(place)
    walk.delete(place, folder, lambda: session.delete(record.id, folder.id, module=folder.module))


@step(2, place=EVERYWHERE, number=PICK, to=PICK)
def move(walk: Walk, place: int, number: int, to: int) -> None:
    """Somebody moves an item to another folder."""
    found = walk.any_item(place, number)
    if found is None or found[1].master is not None:
        return
    folder, record = found
    goal = pick([one for one in walk.stage.folders(place) if one.module is folder.module], to)
    if goal is None or goal.id == folder.id:
        return
    if _leaves_sight(folder, goal):  # of somebody who keeps a copy of what they edited
        walk.ledger.copied.add(title_of(record.item))
    session, module = walk.stage.session(place), folder.module
    allowed(
        lambda: session.update(
            record.id, folder.id, lambda _: {}, module=module, destination=goal.id, ignore_conflicts=True
        )
    )


def _leaves_sight(folder: Folder, goal: Folder) -> bool:
    """Whether there is somebody who may read what is in a folder, but not, or not all, in another one."""
    before, after = ({right.principal: right.rights.read for right in one.rights} for one in (folder, goal))
    return goal.owner != folder.owner or any(read > after.get(who, 0) for who, read in before.items())


def _edit(walk: Walk, place: int, number: int, change: Change, how: int) -> ItemRecord | None:
    found = walk.any_item(place, number)
    if found is None:
        return None
    value = walk.value("v")
    before: list[Item] = []

    def patch(item: Item) -> dict[str, object]:
        before.append(item)
        return dict(change(item, value, how))

    if not walk.update(place, *found, patch):
        return None
    for name in WATCHED:
        if before and change(before[0], value, how).get(name) == value:
            walk.ledger.wrote(name_of(before[0]), name, value, getattr(before[0], name, None), place)
    return found[1]
