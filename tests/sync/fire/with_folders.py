"""Steps of a walk: what people do with folders."""

from __future__ import annotations

from typing import Final

from passerelle.model.folders import PRIVATE, PUBLIC, Right, Rights
from passerelle.model.principals import PrincipalKind
from tests.sync.fire.ledger import title_of
from tests.sync.fire.script import PICK, step
from tests.sync.fire.stage import PLACES
from tests.sync.fire.walk import Walk, allowed, pick
from tests.sync.fire.with_items import EVERYWHERE, MODULES

NAMES: Final = ("Projects", "Bridges", "Plans")
LEVELS: Final = (
    Rights(),
    Rights(folder=2, read=4),
    Rights(folder=4, read=4, write=4, delete=4),
    Rights(folder=4, read=2, write=2, delete=2),
    Rights(folder=8, read=4, write=4, delete=4),
)


@step(1, place=EVERYWHERE, number=PICK, name=len(NAMES), module=len(MODULES), public=2)
def make_folder(walk: Walk, place: int, number: int, name: int, module: int, public: int) -> None:
    """Somebody makes a folder; names are few, so that others make the same."""
    above = pick([one.id for one in walk.own_folders(place)], number) if number % 3 == 0 else None
    parent = above or (PUBLIC if public else PRIVATE)
    session = walk.stage.session(place)
    allowed(lambda: session.create_folder(parent, NAMES[name], module=MODULES[module]))


@step(1, place=EVERYWHERE, number=PICK)
def rename_folder(walk: Walk, place: int, number: int) -> None:
    """Somebody renames a folder."""
    folder = pick(walk.own_folders(place), number)
    if folder is not None:
        name = walk.value("Renamed")
        allowed(lambda: walk.stage.session(place).update_folder(folder.id, name=name))


@step(1, place=EVERYWHERE, number=PICK, to=PICK)
def move_folder(walk: Walk, place: int, number: int, to: int) -> None:
    """Somebody hangs a folder below another one."""
    folder = pick(walk.own_folders(place), number)
    goal = pick([PRIVATE, *(one.id for one in walk.stage.folders(place))], to)
    if folder is not None and goal is not None:
        allowed(lambda: walk.stage.session(place).update_folder(folder.id, parent=goal))


@step(1, place=EVERYWHERE, number=PICK)
def remove_folder(walk: Walk, place: int, number: int) -> None:
    """Somebody removes a folder with all that is in it and below it."""
    folder = pick(walk.own_folders(place), number)
    if folder is None:
        return
    folders = walk.stage.folders(place)
    below = {folder.id}
    for _ in range(4):
        below |= {one.id for one in folders if one.parent in below}
    seen = [record for one in folders if one.id in below for record in walk.stage.records(place, one)]
    if allowed(lambda: walk.stage.session(place).delete_folder(folder.id)):
        for record in seen:
            walk.ledger.deleted(record)


@step(2, place=EVERYWHERE, number=PICK, level=len(LEVELS))
def share(walk: Walk, place: int, number: int, level: int) -> None:
    """Somebody gives the other user more rights in a folder, or takes them away."""
    session = walk.stage.session(place)
    folder = pick([one for one in walk.stage.folders(place) if one.owner == session.user_id], number)
    if folder is None:
        return
    other = next(one for one in walk.stage.users if one != session.user_id)
    kept = tuple(one for one in folder.rights if one.principal != other)
    before = max((one.rights.read for one in folder.rights if one.principal == other), default=0)
    right = Right(kind=PrincipalKind.USER, principal=other, rights=LEVELS[level])
    if allowed(lambda: session.update_folder(folder.id, rights=(*kept, right))) and right.rights.read < before:
        for at in PLACES:
            for one in walk.stage.folders(at):
                if (one.owner, one.name) == (folder.owner, folder.name):
                    walk.ledger.copied.update(title_of(record.item) for record in walk.stage.records(at, one))
