"""What a user's client holds, fed by change lists alone, and what of it must be so (OX reference, sections 4, 7, 8)."""

from __future__ import annotations

import msgspec

from tests.server.ox.walk.model import ADDRESS_BOOK, SHARED_ROOT, Folder, Item, Levels, Principal, World
from tests.support.ox.answers import Response
from tests.support.ox.client import OxUser

SERVLETS = {"calendar": "calendar", "contact": "contacts", "task": "tasks"}
_LEVELS = ("folderpermission", "objectreadpermission", "objectwritepermission", "objectdeletepermission")


class Copy(msgspec.Struct):
    """A folder, or the tree, as a client remembers it: section 7's algorithm, which asks one millisecond back."""

    lastsync: int = 0
    things: dict[int, object] = {}

    def take(self, answers: list[Response], seen: dict[int, object]) -> None:
        """Takes in a change list: deletions come first, and do not advance the position."""
        for one in answers:
            if one["object_status"] == "DELETE":
                self.things.pop(one.id, None)
            elif one["object_status"] == "CREATE":
                self.things[one.id] = seen[one.id]
                self.lastsync = max(self.lastsync, one.last_modified - 1)


class Client:
    """One user's copies of the tree and of each folder in it."""

    def __init__(self, world: World, user: OxUser) -> None:
        self._world = world
        self._user = user
        self.tree = Copy()
        self.copies: dict[int, Copy] = {}

    def synchronise(self) -> None:
        """Asks for what is new of the tree, then of each folder, and holds the copies against the world."""
        self._pull_tree()
        for id_ in self.tree.things:
            folder = self._world.folders.get(id_)
            if folder is not None and self._world.levels(self._user.id, folder).read:
                self._pull(folder)

    def _pull_tree(self) -> None:
        answers = self._user.folders(self.tree.lastsync, "MODIFIED,DELETED")
        self.tree.take(answers, {one.id: folder_seen(one) for one in answers if one["object_status"] == "CREATE"})
        self.tree.things.pop(ADDRESS_BOOK, None)
        assert self.tree.things == expected_tree(self._world, self._user.id)
        for id_ in set(self.copies) - set(self.tree.things):
            del self.copies[id_]

    def _pull(self, folder: Folder) -> None:
        copy = self.copies.setdefault(folder.id, Copy())
        answers = self._user.read(
            SERVLETS[folder.module], folder_id=folder.id, lastsync=copy.lastsync, objectmode="MODIFIED,DELETED"
        )
        self._says_no_more_than_needed(folder, copy, answers)
        copy.take(answers, {one.id: item_seen(one) for one in answers if one["object_status"] == "CREATE"})
        readable = self._world.readable(self._user.id, folder)
        assert copy.things == {id_: expected_item(item, folder) for id_, item in readable.items()}

    def _says_no_more_than_needed(self, folder: Folder, copy: Copy, answers: list[Response]) -> None:
        """Deletions name only what the reader may have heard of; changes are as new as what was asked for."""
        for one in answers:
            if one["object_status"] == "DELETE":
                assert (self._user.id, folder.id, one.id) in self._world.told, one
            elif folder.id not in self._world.reached_anew:
                assert one.last_modified >= copy.lastsync, one


def folder_seen(answer: Response) -> object:
    """A folder as the interface describes it to a client."""
    rows = {(row["kind"], int(row["text"])): _levels(row) for row in answer.entries("permissions")}
    names = ("title", "module", "type", "folder_id", "owner", "defaultfolder")
    return *(answer[name] for name in names), rows


def _levels(row: dict[str, str]) -> Levels:
    folder, read, write, delete = (int(row[name]) for name in _LEVELS)
    return Levels(folder, read, write, delete, admin=row["admin_flag"] == "true")


def expected_tree(world: World, user: int) -> dict[int, object]:
    """All folders that a user sees."""
    return {id_: _expected_folder(world, user, one) for id_, one in world.folders.items() if world.sees(user, one)}


def _expected_folder(world: World, user: int, folder: Folder) -> object:
    shared = world.is_shared(user, folder)
    kind = "public" if folder.public else "shared" if shared else "private"
    rows: dict[Principal, Levels] = {("user", user): world.levels(user, folder)} | folder.entries
    return (
        folder.title,
        folder.module,
        kind,
        str(SHARED_ROOT if shared else folder.parent),
        str(folder.owner),
        str(folder.default).lower(),
        rows,
    )


def item_seen(answer: Response) -> object:
    """An item as the interface describes it to a client."""
    people = {(row["kind"], int(row["text"]), row.get("confirm", "")) for row in answer.entries("participants")}
    title = answer["last_name" if "last_name" in answer else "title"]
    start = int(answer["start_date"]) if "start_date" in answer else 0
    return title, answer["private_flag"], answer["created_by"], answer["folder_id"], people, start


def expected_item(item: Item, folder: Folder) -> object:
    """An item as a client must see it in a folder."""
    people = {("user", user, answer) for user, answer in item.answers.items()} | {
        ("group", group, "") for group in item.groups
    }
    return item.title, str(item.private).lower(), str(item.creator), str(folder.id), people, item.start
