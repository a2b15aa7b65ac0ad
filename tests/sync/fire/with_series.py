"""Steps of a walk: what people do with single occurrences of a series, and with all that follow one."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from typing import Final

from passerelle.model.errors import Refused
from passerelle.model.folders import Folder
from passerelle.model.items import Appointment, Item
from passerelle.model.moments import Timed, WholeDays, span_start
from passerelle.model.records import ItemRecord
from tests.sync.fire.edits import START, Patch
from tests.sync.fire.ledger import name_of, title_of
from tests.sync.fire.script import PICK, step
from tests.sync.fire.walk import Walk, allowed
from tests.sync.fire.with_items import ANSWERS, EVERYWHERE

WEEKS: Final = 4
"""A step takes one of so many occurrences, the first ones."""
WAYS: Final = 4
"""In so many ways an occurrence is changed: twice only its note, once its hour, too, and once who takes part."""


@step(2, place=EVERYWHERE, number=PICK, week=WEEKS, how=WAYS, invited=8)
def change_occurrence(walk: Walk, place: int, number: int, week: int, how: int, invited: int) -> None:
    """Somebody changes one occurrence of a series."""
    found = _series(walk, place, number, week)
    if found is None:
        return
    folder, record, on = found
    value, before = walk.value("o"), list[Item]()

    def change(item: Item) -> Patch:
        before.append(item)
        return _besides(walk, folder, item, how, invited) | {"note": value}

    with suppress(Refused):
        made = walk.stage.session(place).change_occurrence(record.id, folder.id, on, change, ignore_conflicts=True)
        walk.ledger.wrote(name_of(made.item), "note", value, before[-1].note, place)


@step(1, place=EVERYWHERE, number=PICK, week=WEEKS)
def delete_occurrence(walk: Walk, place: int, number: int, week: int) -> None:
    """Somebody deletes one occurrence of a series."""
    found = _series(walk, place, number, week)
    if found is not None:
        folder, record, on = found
        session = walk.stage.session(place)
        walk.delete(place, folder, lambda: session.delete_occurrence(record.id, folder.id, on))


@step(1, place=EVERYWHERE, number=PICK, week=WEEKS, answer=len(ANSWERS))
def answer_occurrence(walk: Walk, place: int, number: int, week: int, answer: int) -> None:
    """Somebody answers the invitation to one occurrence."""
    found = _series(walk, place, number, week)
    if found is not None:
        _folder, record, on = found
        session, message = walk.stage.session(place), walk.value("m")
        allowed(lambda: session.confirm(record.id, ANSWERS[answer], message, at=on))


@step(1, place=EVERYWHERE, number=PICK, week=WEEKS, how=WAYS, invited=8)
def change_onwards(walk: Walk, place: int, number: int, week: int, how: int, invited: int) -> None:
    """Somebody changes an occurrence and all that follow; what becomes a series of its own gets a title of its own."""
    found = _series(walk, place, number, week)
    if found is None:
        return
    folder, record, on = found
    titles = {title_of(one.item) for one in walk.stage.records(place, folder) if record.id in {one.id, one.master}}
    title, value = walk.value("item"), walk.value("o")

    def change(rest: Item) -> Patch:
        named = {} if rest.uid == record.item.uid else {"title": title}
        return _besides(walk, folder, rest, how, invited) | named | {"note": value}

    with suppress(Refused):
        made = walk.stage.session(place).change_onwards(record.id, folder.id, on, change, ignore_conflicts=True)
        if made.id != record.id:
            walk.ledger.born[title, None] = place
            walk.ledger.parted |= titles
        walk.ledger.rescheduled.add(title_of(record.item))
        walk.ledger.wrote(name_of(made.item), "note", value, record.item.note, place)


@step(1, place=EVERYWHERE, number=PICK, week=WEEKS)
def delete_onwards(walk: Walk, place: int, number: int, week: int) -> None:
    """Somebody deletes an occurrence and all that follow."""
    found = _series(walk, place, number, week)
    if found is not None:
        folder, record, on = found
        session = walk.stage.session(place)
        if walk.delete(place, folder, lambda: session.delete_onwards(record.id, folder.id, on)):
            walk.ledger.rescheduled.add(title_of(record.item))


def _series(walk: Walk, place: int, number: int, week: int) -> tuple[Folder, ItemRecord, date] | None:
    """Some series, and the day of the occurrence that many weeks after it began."""
    found = walk.any_item(place, number, lambda item: isinstance(item, Appointment) and item.recurrence is not None)
    if found is None or not isinstance(found[1].item, Appointment):
        return None
    when = found[1].item.when
    first = START if isinstance(when, WholeDays) else span_start(when)
    return *found, first.date() + timedelta(weeks=week)


def _besides(walk: Walk, folder: Folder, item: Item, how: int, invited: int) -> dict[str, object]:
    """What is changed beside the note; no other people in a copy, to which others may well be invited once more."""
    if not isinstance(item, Appointment):
        return {}
    if how == 1 and isinstance(item.when, Timed):
        later = timedelta(hours=1 + invited % 3)
        return {"when": Timed(start=item.when.start + later, end=item.when.end + later, zone=item.when.zone)}
    if how == 2 and title_of(item) not in walk.ledger.copied:
        return {"participants": walk.people(folder, invited)}
    return {}
