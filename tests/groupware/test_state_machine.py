"""Random work of two users in shared folders, after which everybody's picture must be right.

Each user keeps a mirror of each folder, fed by change lists only, as a connector does. Whatever happened: the
mirror equals the full listing, nobody sees another's private item, and what is listed can be read.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from passerelle.groupware.soundness import check
from passerelle.model.errors import Refused
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId, Stamp
from passerelle.model.items import Item
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from passerelle.store import Store
from tests.groupware.office import AUTHOR, EDITOR, MONDAY, READER, Office, appointment_of, at, daily, meeting

USERS = ("anna", "bruno")
users = st.sampled_from(USERS)
numbers = st.integers(0, 50)


class Mirror:
    """One user's copy of one folder."""

    def __init__(self) -> None:
        self.since = Stamp(0)
        self.items: dict[ItemId, ItemRecord] = {}


class Sharing(RuleBasedStateMachine):
    furnished: Path

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        shutil.copytree(self.furnished, self.directory / "store")
        self.store = Store.open(self.directory / "store")
        self.office = office = Office(self.store)
        office.share_default("anna", office.grant("bruno", EDITOR))
        office.share_default("bruno", office.grant("anna", READER))
        public = office.public("anna", "Public", Module.CALENDAR, office.grant("bruno", AUTHOR))
        other = office.private("anna", "Other", Module.CALENDAR, office.grant("bruno", READER))
        self.folders = (office.default("anna"), office.default("bruno"), public.id, other.id)
        self.mirrors = {(login, folder): Mirror() for login in USERS for folder in self.folders}
        self.made = 0

    def teardown(self) -> None:
        assert check(self.store) == []
        self.store.close()
        shutil.rmtree(self.directory)

    def folder(self, number: int) -> FolderId:
        return self.folders[number % len(self.folders)]

    def some(self, login: str, folder: FolderId, number: int) -> ItemId:
        ids = self.office.session(login).ids(folder, Module.CALENDAR)
        return ids[number % len(ids)] if ids else ItemId(4711)

    def change(self, login: str, number: int, change: Callable[[Item], Patch], goal: FolderId | None = None) -> None:
        folder = self.folder(number)
        with suppress(Refused):
            self.office.session(login).update(
                self.some(login, folder, number), folder, change, ignore_conflicts=True, destination=goal
            )

    @rule(login=users, number=numbers, private=st.booleans(), invited=st.sets(users), series=st.booleans())
    def create(self, login: str, number: int, private: bool, invited: set[str], series: bool) -> None:
        self.made += 1
        item = meeting(
            f"{login} {self.made}", private=private, participants=self.office.invite(*sorted(invited)),
            recurrence=daily(4) if series else None,
        )  # fmt: skip
        with suppress(Refused):
            self.office.session(login).create(self.folder(number), item, ignore_conflicts=True)

    @rule(login=users, number=numbers)
    def rename(self, login: str, number: int) -> None:
        self.made += 1
        self.change(login, number, lambda _item: {"title": f"renamed {self.made}"})

    @rule(login=users, number=numbers, private=st.booleans())
    def hide_or_show(self, login: str, number: int, private: bool) -> None:
        self.change(login, number, lambda _item: {"private": private})

    @rule(login=users, number=numbers, invited=st.sets(users))
    def invite(self, login: str, number: int, invited: set[str]) -> None:
        people = self.office.invite(*sorted(invited))
        self.change(login, number, lambda _item: {"participants": people})

    @rule(login=users, number=numbers, goal=numbers)
    def move(self, login: str, number: int, goal: int) -> None:
        self.change(login, number, lambda _item: {}, self.folder(goal))

    @rule(login=users, number=numbers)
    def delete(self, login: str, number: int) -> None:
        folder = self.folder(number)
        with suppress(Refused):
            self.office.session(login).delete(self.some(login, folder, number), folder)

    @rule(login=users, number=numbers, position=st.integers(1, 5))
    def change_occurrence(self, login: str, number: int, position: int) -> None:
        folder, when = self.folder(number), at(18, day=MONDAY)
        with suppress(Refused):
            self.office.session(login).change_occurrence(
                self.some(login, folder, number), folder, position, lambda _item: {"when": when},
                ignore_conflicts=True,
            )  # fmt: skip

    @rule(login=users, number=numbers, position=st.integers(1, 5))
    def delete_occurrence(self, login: str, number: int, position: int) -> None:
        folder = self.folder(number)
        with suppress(Refused):
            self.office.session(login).delete_occurrence(self.some(login, folder, number), folder, position)

    @rule(login=users, number=numbers)
    def synchronise(self, login: str, number: int) -> None:
        self.pull(login, self.folder(number))

    def pull(self, login: str, folder: FolderId) -> Mirror:
        """What a connector does: apply what is gone, then what changed, and remember the highest stamp."""
        mirror = self.mirrors[login, folder]
        changes = self.office.session(login).changes(folder, Module.CALENDAR, mirror.since)
        seen = [mirror.since]
        for stone in changes.gone:
            mirror.items.pop(stone.id, None)
            seen.append(stone.stamp)
        for record in changes.items:
            mirror.items[record.id] = record
            seen.append(record.stamp)
        mirror.since = max(seen)
        return mirror

    @invariant()
    def mirrors_equal_the_listing_and_all_in_them_can_be_read(self) -> None:
        for login in USERS:
            session = self.office.session(login)
            for folder in self.folders:
                ids = session.ids(folder, Module.CALENDAR)
                records = {id_: session.get(id_, Module.CALENDAR, folder) for id_ in ids}
                assert self.pull(login, folder).items == records

    @invariant()
    def private_items_are_seen_by_the_owner_of_the_folder_only(self) -> None:
        for login in USERS:
            session, user = self.office.session(login), self.office.user(login).id
            for folder in self.folders:
                if session.folder(folder).folder.owner == user:
                    continue
                assert not any(record.item.private for record in session.changes(folder, Module.CALENDAR).items)

    @invariant()
    def masters_and_exceptions_agree(self) -> None:
        with self.store.reading() as tx:
            for folder in self.folders:
                for outline in tx.items.outlines(folder):
                    record = tx.items.in_folder(folder, outline.id, None)
                    assert record is not None
                    keys = tuple(appointment_of(one).recurrence_id for one in tx.items.exceptions(outline.id))
                    assert keys == record.changed
                    recurrence = appointment_of(record).recurrence
                    assert recurrence is not None or not record.changed
                    assert recurrence is None or not set(recurrence.deleted) & set(record.changed)


def test_change_lists_keep_every_picture_right(furnished: Path) -> None:
    machine = type("SharingHere", (Sharing,), {"furnished": furnished})
    run_state_machine_as_test(machine, settings=settings(max_examples=15, stateful_step_count=15, deadline=None))
