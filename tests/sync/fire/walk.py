"""One random walk: people edit, devices synchronise, everything fails; then calm, and nothing is lost or doubled."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import msgspec

from passerelle.model.errors import Misconfigured, Refused, Unauthenticated, Unreachable, Unreadable, Unsafe
from passerelle.model.folders import Folder
from passerelle.model.items import Item
from passerelle.model.participants import Participant
from passerelle.model.records import ItemRecord
from passerelle.sync.report import CycleResult, Subject
from tests.sync.fire.edits import GUEST, user
from tests.sync.fire.ledger import Ledger, name_of
from tests.sync.fire.stage import DEVICES, Stage

T = TypeVar("T")
FAILURES: Final = (Unreachable, Unauthenticated, Unreadable, Misconfigured, Unsafe, Refused)
MOST_REQUESTS: Final = 400


class Walk:
    """A stage, what was written on it, and what steps have in common."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.ledger = Ledger()
        self.stage.post.parted = self.ledger.parted
        self.left: set[int] = set()
        """The devices where somebody gave files up, which a slow sync fetches after all."""
        self._made = 0
        for place in (3, 4):
            self.ledger.born.update((name_of(record.item), place) for record in self.stage.all_records(place))

    def value(self, word: str) -> str:
        """A text that was never written before."""
        self._made += 1
        return f"{word} {self._made}"

    def wait(self, seconds: int) -> None:
        """Time passes everywhere."""
        for clock in (self.stage.clock, *(one.clock for one in self.stage.devices)):
            clock.jump(seconds)

    def heard(self, device: int, result: CycleResult) -> None:
        """A cycle of a device came to its end, and said what it did."""
        assert result.traffic.requests < MOST_REQUESTS, "a cycle has an end"
        for report in result.reports:
            if report.subject is Subject.RESCUED:
                self.ledger.copied.add(report.title)
            if report.subject is Subject.TAKEN_BACK:
                self.ledger.refused.add((report.title, device))
        self.stage.deliver()

    def people(self, folder: Folder, invited: int) -> tuple[Participant, ...]:
        """The owner of a folder, and whom the bits of a number name."""
        chosen = [user(id_) for n, id_ in enumerate(self.stage.users) if invited >> n & 1 or id_ == folder.owner]
        return tuple(chosen) + ((GUEST,) if invited & 4 else ())

    def update(
        self, place: int, folder: Folder, record: ItemRecord, change: Callable[[Item], dict[str, object]]
    ) -> bool:
        """Change an item; return whether the rules allowed it."""
        session = self.stage.session(place)
        done = allowed(
            lambda: session.update(record.id, folder.id, change, module=folder.module, ignore_conflicts=True)
        )
        if place not in DEVICES:
            self.stage.deliver()
        return done

    def delete(self, place: int, folder: Folder, attempt: Callable[[], object]) -> bool:
        """Delete something of a folder, and write down what went: a series goes with its last occurrence.

        Return whether the rules allowed it.
        """
        seen, asked = self.stage.records(place, folder), self.stage.undecided(place)
        awaited = self.stage.awaited(place)
        done = allowed(attempt)
        there = {one.id for one in self.stage.records(place, folder)}
        for one in seen:
            if one.id not in there:
                self.ledger.deleted(one, awaited.get(one.id, ()))
                if one.id in asked:
                    self.ledger.deleted(msgspec.structs.replace(one, item=asked[one.id]))
        return done

    def own_folders(self, place: int) -> list[Folder]:
        """The folders of one's own that may be renamed, moved and removed."""
        me = self.stage.user_of(place)
        return [one for one in self.stage.folders(place) if one.owner == me and not one.is_default]

    def any_item(
        self, place: int, number: int, wanted: Callable[[Item], bool] = lambda _: True
    ) -> tuple[Folder, ItemRecord] | None:
        """Some item of the first folder that has one, from some folder on."""
        return self.any_record(place, number, lambda record: wanted(record.item))

    def any_record(
        self, place: int, number: int, wanted: Callable[[ItemRecord], bool]
    ) -> tuple[Folder, ItemRecord] | None:
        """The same, chosen by more than the item itself."""
        folders = self.stage.folders(place)
        start = number % len(folders)
        for folder in (*folders[start:], *folders[:start]):
            found = [one for one in self.stage.records(place, folder) if wanted(one)]
            if found:
                return folder, found[number // len(folders) % len(found)]
        return None


def allowed(attempt: Callable[[], object]) -> bool:
    """Whether the rules allowed it."""
    try:
        attempt()
    except Refused:
        return False
    return True


def pick(found: Sequence[T], number: int) -> T | None:
    """One of several, if there are any."""
    return found[number % len(found)] if found else None
