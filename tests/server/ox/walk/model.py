"""What the reference says that users may do and see, written down as plainly as can be and without the product.

Everything is worked out anew from the whole state at each question; nothing is kept that could be wrong. A step is
judged by collecting the answers of all rules that it breaks: if there are none it must succeed, else it must be refused
with one of them. Numbers of sections are those of the semantics reference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

import msgspec

Outcome: TypeAlias = tuple[str, str]
Principal: TypeAlias = tuple[str, int]

NO_ITEM: Final = ("404", "1001")
FORBIDDEN: Final = ("403", "1002")
STALE: Final = ("409", "1000")
CONTRADICTION: Final = ("409", "1003")

PRIVATE_ROOT, PUBLIC_ROOT, SHARED_ROOT, ADDRESS_BOOK = 1, 2, 3, 6
SYSTEM: Final = frozenset({PRIVATE_ROOT, PUBLIC_ROOT})
EVERYBODY: Final = 0


class Levels(NamedTuple):
    """What an entry of a folder grants (2.1)."""

    folder: int = 0
    read: int = 0
    write: int = 0
    delete: int = 0
    admin: bool = False

    @property
    def shows(self) -> bool:
        """Whether the folder is seen (1.7)."""
        return self.admin or self.folder >= 2


ALL: Final = Levels(128, 128, 128, 128, admin=True)
PATH: Final = Levels(2)


class Folder(msgspec.Struct):
    """A folder of a module. ``entries`` are those that people made, without path-to-root ones."""

    id: int
    parent: int
    title: str
    module: str
    public: bool
    owner: int
    entries: dict[Principal, Levels]
    default: bool = False


class Item(msgspec.Struct):
    """An object. ``answers`` has the users with an entry of their own, ``views`` whose other folder shows it.

    ``version`` is None until somebody has seen the new one; ``before`` is the one that it must exceed.
    """

    id: int
    module: str
    title: str
    home: int
    creator: int
    private: bool = False
    answers: dict[int, str] = {}
    groups: frozenset[int] = frozenset()
    views: dict[int, int] = {}
    start: int = 0
    version: int | None = None
    before: int = 0

    def touch(self) -> None:
        """It gets a new version."""
        self.before = self.version if self.version is not None else self.before
        self.version = None


class People(NamedTuple):
    """Whom a list of participants names."""

    users: frozenset[int] = frozenset()
    groups: frozenset[int] = frozenset()


class World:
    """All folders and items, who belongs to which group, and the questions about them.

    ``told`` has who may ever have heard of which item in which folder, ``reached_anew`` the folders whose readers may
    have changed: only there may a change list repeat what did not change.
    """

    def __init__(self, users: Iterable[int], groups: dict[int, frozenset[int]]) -> None:
        self.users = tuple(users)
        self.groups = {**groups, EVERYBODY: frozenset(self.users)}
        self.folders: dict[int, Folder] = {}
        self.items: dict[int, Item] = {}
        self.told: set[tuple[int, int, int]] = set()
        self.reached_anew: set[int] = set()

    def remember(self) -> None:
        """Notes who may have heard of what by now."""
        self.told |= {
            (user, id_, item.id)
            for item in self.items.values()
            for id_ in self.shown_in(item)
            for user in self.users
            if not item.private or self.folders[id_].owner == user
        }

    # Rights (sections 1.7 and 2)

    def principals(self, user: int) -> set[Principal]:
        """As whom an entry can mean a user."""
        return {("user", user)} | {("group", group) for group, members in self.groups.items() if user in members}

    def levels(self, user: int, folder: Folder) -> Levels:
        """The maximum over all entries, right by right; path-to-root entries let the folder be seen."""
        meant = self.principals(user)
        rows = [levels for who, levels in folder.entries.items() if who in meant]
        if folder.public and any(self._granted(user, below) for below in self.below(folder.id)):
            rows.append(PATH)
        return Levels(
            max((row.folder for row in rows), default=0),
            max((row.read for row in rows), default=0),
            max((row.write for row in rows), default=0),
            max((row.delete for row in rows), default=0),
            any(row.admin for row in rows),
        )

    def _granted(self, user: int, folder: Folder) -> bool:
        meant = self.principals(user)
        return any(levels.shows for who, levels in folder.entries.items() if who in meant)

    def sees(self, user: int, folder: Folder) -> bool:
        """Whether a folder is in a user's tree."""
        return self.levels(user, folder).shows

    def is_shared(self, user: int, folder: Folder) -> bool:
        """Whether it is another user's private folder (1.2)."""
        return not folder.public and folder.owner != user

    def below(self, id_: int) -> Iterator[Folder]:
        """All folders below one."""
        for folder in self.folders.values():
            if folder.parent == id_:
                yield folder
                yield from self.below(folder.id)

    def children(self, id_: int) -> list[Folder]:
        """The folders directly below one."""
        return [folder for folder in self.folders.values() if folder.parent == id_]

    def default(self, user: int, module: str) -> Folder:
        """The default folder of a user."""
        return next(one for one in self.folders.values() if one.default and (one.owner, one.module) == (user, module))

    # Items in folders (sections 2.1, 4 and 5.2)

    def shown_in(self, item: Item) -> set[int]:
        """The folders that show an item."""
        return {item.home, *item.views.values()}

    def known(self, user: int, folder: Folder, item: Item) -> bool:
        """Whether a user may know of an item in a folder: it is there, and not private in somebody else's folder."""
        if folder.id not in self.shown_in(item) or not self.sees(user, folder):
            return False
        return not item.private or (not folder.public and folder.owner == user)

    def may(self, user: int, level: int, item: Item) -> bool:
        """Whether a level reaches an item; "own" means created by the acting user."""
        return level >= 4 or (level >= 2 and item.creator == user)

    def reads(self, user: int, folder: Folder, item: Item) -> bool:
        """Whether a user may read an item in a folder."""
        return self.known(user, folder, item) and self.may(user, self.levels(user, folder).read, item)

    def readable(self, user: int, folder: Folder) -> dict[int, Item]:
        """The items that a user may read in a folder."""
        return {id_: item for id_, item in self.items.items() if self.reads(user, folder, item)}

    def involved(self, item: Item) -> set[int]:
        """Who takes part, by an entry of the own or through a group."""
        return set(item.answers).union(*(self.groups[group] for group in item.groups))

    def reached(self, user: int, item: Item | None, folder: Folder | None) -> Outcome | None:
        """How the search for an item in a folder is answered; None where it is found."""
        if folder is not None and item is not None and self.known(user, folder, item):
            return None
        if item is not None and any(self.known(user, one, item) for one in self.folders.values()):
            return FORBIDDEN  # it is in another folder (5.5: APP-0059)
        return NO_ITEM if folder is not None and self.sees(user, folder) else FORBIDDEN

    # Writing items

    def judge_create(self, user: int, folder: Folder | None, module: str, item: Item) -> set[Outcome]:
        """What stands against a new item."""
        if folder is None or not self.sees(user, folder):
            return {FORBIDDEN}
        broken = set()
        if self.levels(user, folder).folder < 4:
            broken.add(FORBIDDEN)
        if folder.module != module:
            broken.add(CONTRADICTION)
        if item.private:
            broken |= self._against_private(user, folder, item)
        return broken | self._against_nobody(item, item.groups)

    def _against_nobody(self, item: Item, invited: Iterable[int]) -> set[Outcome]:
        """A task cannot be given to a group of nobody (7: TSK-0052)."""
        return {CONTRADICTION} if item.module == "task" and not all(self.groups[one] for one in invited) else set()

    def _against_private(self, user: int, folder: Folder, item: Item) -> set[Outcome]:
        """What stands against marking an item private in a folder (section 4)."""
        broken = set()
        if folder.public or folder.owner != user:
            broken.add(CONTRADICTION)
        if item.groups or set(item.answers) - {folder.owner}:
            broken.add(CONTRADICTION)
        if item.module != "calendar" and item.creator != user:
            broken.add(FORBIDDEN)
        return broken

    def create(self, user: int, item: Item) -> None:
        """A new item; who joins by itself depends on the folder (5.2)."""
        home = self.folders[item.home]
        if item.module == "calendar":
            self._join(user, item, home)
        item.views = self._views(item, home, asked=set(), kept={})
        self.items[item.id] = item

    def _join(self, user: int, item: Item, home: Folder) -> None:
        if not home.public:
            joining: int | None = home.owner
        else:
            joining = user if user in item.answers or not (item.answers or item.groups) else None
        if joining is not None and item.answers.get(joining, "none") == "none":
            item.answers[joining] = "accept"

    def _views(self, item: Item, home: Folder, *, asked: set[int], kept: dict[int, int]) -> dict[int, int]:
        """In whose default folders it shows besides: in those of all who take part, but not again once they left."""
        if home.public or item.module == "contact":
            return {}
        others = self.involved(item) - {home.owner}
        views = {user: folder for user, folder in kept.items() if user in others}
        for user in others - set(views) - asked:
            views[user] = self.default(user, item.module).id
        return views

    def judge_write(self, user: int, item: Item | None, folder: Folder | None, *, stale: bool) -> set[Outcome]:
        """What stands against changing an item at all."""
        missed = self.reached(user, item, folder)
        if missed is not None or item is None or folder is None:
            return {missed or NO_ITEM}
        broken = {STALE} if stale else set()
        if not self.may(user, self.levels(user, folder).write, item):
            broken.add(FORBIDDEN)
        return broken

    def judge_private(self, user: int, item: Item, folder: Folder) -> set[Outcome]:
        """What stands against marking a known item private."""
        return set() if item.private else self._against_private(user, folder, item)

    def judge_people(self, item: Item, folder: Folder, people: People) -> set[Outcome]:
        """What stands against another list of participants (5.2, 4)."""
        broken: set[Outcome] = set()
        if item.module == "calendar":
            for calendar in (folder, self.folders[item.home]):
                if not calendar.public and calendar.owner in item.answers and calendar.owner not in people.users:
                    broken.add(CONTRADICTION)  # APP-0076
            if not people.users and not people.groups:
                broken.add(CONTRADICTION)  # APP-0009
        if item.private and (people.groups or people.users - {folder.owner}):
            broken.add(CONTRADICTION)
        return broken | self._against_nobody(item, people.groups - item.groups)

    def invite(self, item: Item, people: People) -> None:
        """Another list: who stays keeps the answer, who is new finds the item in the own default folder."""
        asked, kept = set(item.answers), item.views
        item.answers = {user: item.answers.get(user, "none") for user in people.users}
        item.groups = people.groups
        item.views = self._views(item, self.folders[item.home], asked=asked, kept=kept)

    def refresh_views(self, item: Item) -> None:
        """With each change, members who came to or left an invited group gain or lose the item."""
        item.views = self._views(item, self.folders[item.home], asked=set(item.answers), kept=item.views)

    def ask_again(self, user: int, item: Item, folder: Folder) -> None:
        """The time changed: all but the one whose calendar was used, or who changed it, answer again (5.3)."""
        self_ = user if folder.public else folder.owner
        item.answers = {one: answer if one == self_ else "none" for one, answer in item.answers.items()}

    def judge_move(
        self, user: int, item: Item | None, folder: Folder | None, target: Folder | None, *, stale: bool
    ) -> set[Outcome]:
        """What stands against moving an item (5.5, 6, 7)."""
        missed = self.reached(user, item, folder)
        if missed is not None or item is None or folder is None:
            return {missed or NO_ITEM}
        broken = {STALE} if stale else set()
        if not self.may(user, self.levels(user, folder).delete, item):
            broken.add(FORBIDDEN)
        if target is None or self.levels(user, target).folder < 4 or not self.sees(user, target):
            return broken | {FORBIDDEN}
        if target.module != item.module:
            broken.add(CONTRADICTION)
        if item.private and (target.public or target.owner != user):
            broken.add(CONTRADICTION)
        if item.module == "calendar" and self.is_shared(user, folder):
            broken.add(CONTRADICTION)
        if item.module == "task" and (self.is_shared(user, folder) or self.is_shared(user, target)):
            broken.add(CONTRADICTION)
        viewer = self.viewer(item, folder)
        if viewer is not None and (target.public or target.owner != viewer):
            broken.add(CONTRADICTION)
        return broken

    def viewer(self, item: Item, folder: Folder) -> int | None:
        """Whose view of an item a folder is, where it does not live there."""
        return next((user for user, view in item.views.items() if view == folder.id), None)

    def move(self, item: Item, folder: Folder, target: Folder) -> None:
        """Into another folder: the view of one participant, or the item itself."""
        viewer = self.viewer(item, folder)
        if viewer is not None:
            item.views[viewer] = target.id
            return
        source, item.home = self.folders[item.home], target.id
        asked = set() if source.public else set(item.answers) - {source.owner}
        if item.module == "calendar" and not target.public and item.answers.get(target.owner, "none") == "none":
            item.answers[target.owner] = "accept"
        item.views = self._views(item, target, asked=asked, kept=item.views)

    def judge_delete(self, user: int, item: Item | None, folder: Folder | None, *, stale: bool) -> set[Outcome]:
        """What stands against deleting an item."""
        missed = self.reached(user, item, folder)
        if missed is not None or item is None or folder is None:
            return {missed or NO_ITEM}
        broken = {STALE} if stale else set()
        if not self.may(user, self.levels(user, folder).delete, item):
            broken.add(FORBIDDEN)
        return broken

    def delete(self, item: Item, folder: Folder) -> None:
        """From its home it goes for all; from another folder only whose that is leaves, and declines (5.4)."""
        viewer = self.viewer(item, folder)
        if viewer is None:
            del self.items[item.id]
            return
        del item.views[viewer]
        item.answers[viewer] = "decline"
        item.touch()

    def judge_confirm(self, user: int, item: Item | None) -> set[Outcome]:
        """What stands against an answer: one must take part, and know of it (5.3)."""
        if item is None or not any(self.known(user, folder, item) for folder in self.folders.values()):
            return {NO_ITEM}
        return set() if user in self.involved(item) else {FORBIDDEN}
