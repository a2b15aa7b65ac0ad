"""Steps of a walk: what people take back, and bring back."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from passerelle.model.errors import Refused
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Item
from passerelle.model.records import ItemRecord
from passerelle.sync.history.entries import Event
from tests.sync.fire.ledger import WATCHED, title_of
from tests.sync.fire.script import PICK, step
from tests.sync.fire.walk import Walk, pick
from tests.sync.fire.with_devices import DEVICE


@step(1, device=DEVICE)
def undo(walk: Walk, device: int) -> None:
    """Somebody takes back the last change that was made on a machine."""
    _taking_back(walk, device, walk.stage.devices[device].replica.history.undo)


@step(1, device=DEVICE, number=PICK)
def undo_decision(walk: Walk, device: int, number: int) -> None:
    """Somebody takes back what a machine decided."""
    history = walk.stage.devices[device].replica.history
    one = pick([event for event in history.latest(30) if event.number is not None], number)
    if one is not None:
        _taking_back(walk, device, lambda: history.undo(one.number))


@step(1, device=DEVICE, number=PICK)
def restore(walk: Walk, device: int, number: int) -> None:
    """Somebody makes an item what it once was, or brings it back."""
    history = walk.stage.devices[device].replica.history
    titles = {record.id: title_of(record.item) for record in walk.stage.all_records(device)}
    one = pick([event for event in history.latest(30) if event.version and _keeps_title(event, titles)], number)
    if one is not None:
        version = None if one.after is None else one.version
        _taking_back(walk, device, lambda: history.restore(one.item, version))


def _keeps_title(event: Event, titles: Mapping[ItemId, str]) -> bool:
    """Whether a version is called as its item is: what parted from a series is known by a title of its own."""
    return event.after is None or titles.get(event.item, title_of(event.after)) == title_of(event.after)


def _taking_back(walk: Walk, device: int, act: Callable[[], object]) -> None:
    """Do that if the rules allow it, and write down what is different, as far as others may miss it."""
    before = {record.id: record for record in walk.stage.all_records(device)}
    awaited = walk.stage.awaited(device)
    try:
        act()
    except Refused:
        return
    after = {record.id: record for record in walk.stage.all_records(device)}
    walk.ledger.copied.update(title_of(after[id_].item) for id_ in after.keys() - before)  # others may have it still
    for id_, record in before.items():
        if id_ in after:
            _note_difference(walk, record, after[id_])
        else:
            walk.ledger.deleted(record, awaited.get(id_, ()))


def _note_difference(walk: Walk, before: ItemRecord, after: ItemRecord) -> None:
    title = title_of(before.item)
    for name in WATCHED:
        was, now = getattr(before.item, name, None), getattr(after.item, name, None)
        if isinstance(was, str) and was != now:
            walk.ledger.took_back(was, now)
    if before.master is None and _times_of(before.item) != _times_of(after.item):
        walk.ledger.rescheduled.add(title)
    if before.item.private != after.item.private or before.folder != after.folder:
        walk.ledger.copied.add(title)


def _times_of(item: Item) -> object:
    return (item.when, item.recurrence) if isinstance(item, Appointment) else None
