"""What stands against changes of folders, and what they do (semantics reference, sections 1.4 to 1.6 and 2.4)."""

from __future__ import annotations

import msgspec

from tests.server.ox.walk.model import (
    CONTRADICTION,
    FORBIDDEN,
    NO_ITEM,
    PRIVATE_ROOT,
    PUBLIC_ROOT,
    STALE,
    SYSTEM,
    Folder,
    Levels,
    Outcome,
    Principal,
    World,
)


def judge_make(world: World, user: int, new: Folder, given: dict[Principal, Levels]) -> set[Outcome]:
    """What stands against a new folder; ``new`` has its entries settled, ``given`` is what was sent."""
    above = world.folders.get(new.parent)
    if new.parent not in SYSTEM and (above is None or not world.sees(user, above)):
        return {NO_ITEM}
    broken = set()
    if above is not None and world.levels(user, above).folder < 8:
        broken.add(FORBIDDEN)
    if above is not None and world.is_shared(user, above):
        admins = {who for who, levels in given.items() if levels.admin}
        if admins - {("user", above.owner)}:
            broken.add(CONTRADICTION)
    return broken | against_entries(world, new) | against_title(world, new)


def against_entries(world: World, folder: Folder) -> set[Outcome]:
    """What stands against the entries of a folder (2.4), and against sharing two of one name (1.4, rule 8)."""
    admins = {who for who, levels in folder.entries.items() if levels.admin}
    if not admins or (not folder.public and admins != {("user", folder.owner)}):
        return {CONTRADICTION}
    mine = _recipients(world, folder)
    for other in world.folders.values():
        alike = (other.title, other.module, other.owner) == (folder.title, folder.module, folder.owner)
        private = not folder.public and not other.public and other.id != folder.id
        if alike and private and mine & _recipients(world, other):
            return {CONTRADICTION}
    return set()


def _recipients(world: World, folder: Folder) -> set[Principal]:
    return {who for who, levels in folder.entries.items() if levels.shows and who != ("user", folder.owner)}


def against_title(world: World, folder: Folder) -> set[Outcome]:
    """One title per parent and module; directly below the private root, per owner."""
    for sibling in world.children(folder.parent):
        if sibling.id == folder.id or (sibling.title, sibling.module) != (folder.title, folder.module):
            continue
        if folder.parent != PRIVATE_ROOT or sibling.owner == folder.owner:
            return {CONTRADICTION}
    return set()


def judge_change(world: World, user: int, folder: Folder | None, *, stale: bool) -> set[Outcome]:
    """What stands against changing a folder at all (1.5)."""
    if folder is None or not world.sees(user, folder):
        return {NO_ITEM}
    broken = {STALE} if stale else set()
    if not world.levels(user, folder).admin or world.is_shared(user, folder):
        broken.add(FORBIDDEN)
    return broken


def judge_move_folder(world: World, user: int, folder: Folder | None, goal: int) -> set[Outcome]:
    """What stands against another parent (1.5, second half)."""
    if folder is None or not world.sees(user, folder):
        return {NO_ITEM}
    broken = set()
    if not world.levels(user, folder).admin:
        broken.add(FORBIDDEN)
    if folder.default or world.is_shared(user, folder):
        broken.add(CONTRADICTION)
    if any(not world.levels(user, below).admin for below in world.below(folder.id)):
        broken.add(FORBIDDEN)
    return broken | _against_goal(world, user, folder, goal)


def _against_goal(world: World, user: int, folder: Folder, goal: int) -> set[Outcome]:
    target = world.folders.get(goal)
    if target is not None and not world.sees(user, target):
        return {NO_ITEM}
    broken = set()
    if goal == folder.id or any(below.id == goal for below in world.below(folder.id)):
        broken.add(CONTRADICTION)
    if target is not None and world.is_shared(user, target):
        broken.add(CONTRADICTION)
    if folder.public != (target.public if target is not None else goal == PUBLIC_ROOT):
        broken.add(CONTRADICTION)
    if target is not None and world.levels(user, target).folder < 8:
        broken.add(FORBIDDEN)
    moved = msgspec.structs.replace(folder, parent=goal)
    return broken | against_title(world, moved)


def judge_drop(world: World, user: int, folder: Folder | None, *, stale: bool) -> set[Outcome]:
    """What stands against deleting a folder with all below (1.6)."""
    if folder is None or not world.sees(user, folder):
        return {NO_ITEM}
    broken = {STALE} if stale else set()
    for each in (folder, *world.below(folder.id)):
        if not world.levels(user, each).admin or world.is_shared(user, each):
            broken.add(FORBIDDEN)
        if each.default:
            broken.add(CONTRADICTION)
        if not _may_empty(world, user, each):
            broken.add(FORBIDDEN)
    return broken


def _may_empty(world: World, user: int, folder: Folder) -> bool:
    """Whether a user may delete every item in a folder that the user may know of."""
    level = world.levels(user, folder).delete
    return all(world.may(user, level, item) for item in world.items.values() if world.known(user, folder, item))


def judge_clear(world: World, user: int, folder: Folder | None) -> set[Outcome]:
    """What stands against emptying a folder: the same right to all, and some at all."""
    if folder is None or not world.sees(user, folder):
        return {NO_ITEM}
    empties = world.levels(user, folder).delete >= 2 and _may_empty(world, user, folder)
    return set() if empties else {FORBIDDEN}


def clear(world: World, user: int, folder: Folder) -> None:
    """All items that the user knows of go."""
    for item in [item for item in world.items.values() if world.known(user, folder, item)]:
        world.delete(item, folder)


def drop(world: World, user: int, folder: Folder) -> None:
    """The folder goes with all below and all in them."""
    for each in (*world.below(folder.id), folder):
        clear(world, user, each)
        del world.folders[each.id]
