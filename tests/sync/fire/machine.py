"""The random walk: people edit, devices synchronise, everything fails; then calm, and nothing is lost or doubled."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import ClassVar, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from passerelle.model.errors import (
    Misconfigured,
    Refused,
    Unauthenticated,
    Unreachable,
    Unreadable,
    Unsafe,
)
from passerelle.model.folders import PRIVATE, PUBLIC, Folder, Module, Right, Rights
from passerelle.model.items import Appointment, Item, Task
from passerelle.model.moments import WholeDays, span_start
from passerelle.model.participants import Answer, Participant
from passerelle.model.principals import PrincipalKind
from passerelle.model.records import ItemRecord
from passerelle.sync.report import CycleResult, Subject
from tests.sync.fire.edits import EDITS, GUEST, START, UPHEAVALS, Change, new, user
from tests.sync.fire.ledger import WATCHED, Ledger, name_of, title_of
from tests.sync.fire.stage import DEVICES, PLACES, Stage
from tests.sync.fire.wire import Trouble

T = TypeVar("T")
FAILURES = (Unreachable, Unauthenticated, Unreadable, Misconfigured, Unsafe, Refused)
places = st.sampled_from(PLACES)
devices = st.sampled_from(DEVICES)
picks = st.integers(0, 999)
modules = st.sampled_from([Module.CALENDAR, Module.CALENDAR, Module.CONTACTS, Module.TASKS])
edits = st.tuples(places, st.integers(0, 9), st.sampled_from([*EDITS, *UPHEAVALS]), picks)
names = st.sampled_from(["Projects", "Bridges", "Plans"])
LEVELS = (
    Rights(),
    Rights(folder=2, read=4),
    Rights(folder=4, read=4, write=4, delete=4),
    Rights(folder=4, read=2, write=2, delete=2),
    Rights(folder=8, read=4, write=4, delete=4),
)
ROUNDS = 14
MOST_REQUESTS = 400


class Fire(RuleBasedStateMachine):
    """See the module; ``furnished`` is what each walk begins with."""

    furnished: ClassVar[Path]
    directory: ClassVar[Path]
    http: ClassVar[bool] = True
    steps: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        self.stage = Stage(self.furnished, Path(tempfile.mkdtemp(dir=self.directory)), http=self.http)
        self.ledger = Ledger()
        self.made = 0
        for place in (3, 4):
            self.ledger.born.update((name_of(record.item), place) for record in self.stage.all_records(place))

    def teardown(self) -> None:
        try:
            self._check()
        finally:
            self.stage.close()

    # What people do

    @rule(place=places, module=modules, pick=picks, shape=st.integers(0, 11), invited=st.integers(0, 7))
    def create(self, place: int, module: Module, pick: int, shape: int, invited: int) -> None:
        self._count()
        folder = _pick([one for one in self.stage.folders(place) if one.module is module], pick)
        if folder is not None:
            title = self._value("item")
            item = new(module, shape, title, self._people(folder, invited))
            if self._try(lambda: self.stage.session(place).create(folder.id, item, ignore_conflicts=True)):
                self.ledger.born[title, None] = place

    @rule(edits=st.lists(edits, min_size=1, max_size=4))
    def edit(self, edits: list[tuple[int, int, Change, int]]) -> None:
        """Several people at once, often several of them the same item: picks are few."""
        for place, pick, kind, number in edits:
            self._count()
            record = self._edit(place, pick, kind, number)
            if record is not None and kind in UPHEAVALS:
                self.ledger.rescheduled.add(title_of(record.item))

    @rule(place=places, pick=picks, invited=st.integers(0, 7))
    def invite(self, place: int, pick: int, invited: int) -> None:
        self._count()
        folder, record = self._any(place, pick)
        if folder is not None and record is not None and isinstance(record.item, Appointment | Task):
            people = self._people(folder, invited)
            self._update(place, folder, record, lambda _: {"participants": people})

    @rule(place=places, pick=picks, answer=st.sampled_from(list(Answer)))
    def confirm(self, place: int, pick: int, answer: Answer) -> None:
        self._count()
        folder, record = self._any(place, pick)
        if folder is not None and record is not None and folder.module is not Module.CONTACTS:
            module = folder.module
            self._try(lambda: self.stage.session(place).confirm(record.id, answer, self._value("m"), module=module))

    @rule(place=places, pick=picks)
    def delete(self, place: int, pick: int) -> None:
        self._count()
        folder, record = self._any(place, pick)
        if folder is None or record is None:
            return
        seen = [one.item for one in self.stage.records(place, folder) if title_of(one.item) == title_of(record.item)]
        if self._try(lambda: self.stage.session(place).delete(record.id, folder.id, module=folder.module)):
            for item in seen if record.master is None else [record.item]:
                self.ledger.deleted(item)

    @rule(place=places, pick=picks, to=picks)
    def move(self, place: int, pick: int, to: int) -> None:
        self._count()
        folder, record = self._any(place, pick)
        if folder is None or record is None or record.master is not None:
            return
        goal = _pick([one for one in self.stage.folders(place) if one.module is folder.module], to)
        if goal is not None and goal.id != folder.id:
            if goal.owner != folder.owner:  # it may leave somebody's sight, who keeps a copy of what they edited
                self.ledger.copied.add(title_of(record.item))
            self._try(
                lambda: self.stage.session(place).update(
                    record.id,
                    folder.id,
                    lambda _: {},
                    module=folder.module,
                    destination=goal.id,
                    ignore_conflicts=True,
                )
            )

    @rule(place=places, pick=picks, week=st.integers(0, 3), delete=st.booleans())
    def touch_occurrence(self, place: int, pick: int, week: int, delete: bool) -> None:
        self._count()
        folder, record = self._any(place, pick, lambda item: isinstance(item, Appointment) and bool(item.recurrence))
        if folder is None or record is None or not isinstance(record.item, Appointment):
            return
        session, series = self.stage.session(place), record.item
        first = span_start(series.when)
        day = (START.date() if isinstance(series.when, WholeDays) else first.date()).toordinal() + 7 * week
        on = START.date().fromordinal(day)
        if delete:
            if self._try(lambda: session.delete_occurrence(record.id, folder.id, on)):
                self.ledger.rescheduled.add(title_of(series))
            return
        value = self._value("o")
        found: list[ItemRecord] = []
        if self._try(
            lambda: found.append(
                session.change_occurrence(record.id, folder.id, on, lambda _: {"note": value}, ignore_conflicts=True)
            )
        ):
            self.ledger.wrote(name_of(found[0].item), "note", value, series.note, place)

    # What people do to folders

    @rule(place=places, pick=picks, name=names, module=modules, public=st.booleans())
    def make_folder(self, place: int, pick: int, name: str, module: Module, public: bool) -> None:
        self._count()
        above = _pick([one.id for one in self._own_folders(place)], pick) if pick % 3 == 0 else None
        parent = above or (PUBLIC if public else PRIVATE)
        self._try(lambda: self.stage.session(place).create_folder(parent, name, module=module))

    @rule(place=places, pick=picks)
    def rename_folder(self, place: int, pick: int) -> None:
        self._count()
        folder = _pick(self._own_folders(place), pick)
        if folder is not None:
            name = self._value("Renamed")
            self._try(lambda: self.stage.session(place).update_folder(folder.id, name=name))

    @rule(place=places, pick=picks, to=picks)
    def move_folder(self, place: int, pick: int, to: int) -> None:
        self._count()
        folder = _pick(self._own_folders(place), pick)
        goal = _pick([PRIVATE, *(one.id for one in self.stage.folders(place))], to)
        if folder is not None and goal is not None:
            self._try(lambda: self.stage.session(place).update_folder(folder.id, parent=goal))

    @rule(place=places, pick=picks)
    def remove_folder(self, place: int, pick: int) -> None:
        self._count()
        folder = _pick(self._own_folders(place), pick)
        if folder is None:
            return
        below = {folder.id}
        for _ in range(4):
            below |= {one.id for one in self.stage.folders(place) if one.parent in below}
        doomed = {(one.owner, one.name) for one in self.stage.folders(place) if one.id in below}
        for other in PLACES:  # what others put there meanwhile may go with it
            for one in self.stage.folders(other):
                if (one.owner, one.name) in doomed or not one.is_default:
                    self._excuse(other, one)
        self._try(lambda: self.stage.session(place).delete_folder(folder.id))

    @rule(place=places, pick=picks, level=st.integers(0, len(LEVELS) - 1))
    def share(self, place: int, pick: int, level: int) -> None:
        self._count()
        session = self.stage.session(place)
        folder = _pick([one for one in self.stage.folders(place) if one.owner == session.user_id], pick)
        if folder is None:
            return
        other = next(one for one in self.stage.users if one != session.user_id)
        kept = tuple(one for one in folder.rights if one.principal != other)
        right = Right(kind=PrincipalKind.USER, principal=other, rights=LEVELS[level])
        if self._try(lambda: session.update_folder(folder.id, rights=(*kept, right))):
            for place_ in PLACES:
                if self.stage.user_of(place_) == other:
                    for one in self.stage.folders(place_):
                        if one.owner != other:
                            self._excuse(place_, one)

    # What happens to synchronisation

    @rule(device=devices)
    def synchronise(self, device: int) -> None:
        self._count()
        self._heard(device, self.stage.devices[device].cycle())

    @rule(device=devices, trouble=st.sampled_from(Trouble), request=st.integers(0, 12), at=st.integers(0, 99))
    def synchronise_in_trouble(self, device: int, trouble: Trouble, request: int, at: int) -> None:
        self._count()
        with suppress(*FAILURES):
            self._heard(device, self.stage.strike(device, trouble, request, at / 100))
        self._reported_somewhere(device)

    @rule(device=devices, step=st.one_of(st.integers(0, 60), st.integers(0, 400)))
    def kill_while_synchronising(self, device: int, step: int) -> None:
        self._count()
        result = self.stage.kill(device, step)
        if result is not None:
            self._heard(device, result)
        self._reported_somewhere(device)

    @rule(device=devices, pages=st.integers(0, 4))
    def synchronise_on_a_full_disk(self, device: int, pages: int) -> None:
        self._count()
        one = self.stage.devices[device]
        one.mortal.fill(pages)
        with suppress(*FAILURES):
            self._heard(device, one.cycle())
        one.restart()
        self._reported_somewhere(device)

    @rule()
    def restart_the_server(self) -> None:
        self._count()
        self.stage.restart_server()

    @rule(place=st.integers(-1, len(DEVICES) - 1), minutes=st.sampled_from([-3000, -90, -1, 1, 90, 3000]))
    def a_clock_jumps(self, place: int, minutes: int) -> None:
        self._count()
        clock = self.stage.clock if place < 0 else self.stage.devices[place].clock
        clock.jump(minutes * 60)

    @rule()
    def time_passes(self) -> None:
        self._count()
        self._wait(2 * 24 * 3600)

    # What must hold in the end

    def _check(self) -> None:
        self._wait(2 * 24 * 3600)
        self._settle()
        for number, device in enumerate(self.stage.devices):
            for skipped in device.replica.skipped():
                self._refused(number, skipped.title)
                device.replica.discard(skipped.id)
        self._settle()
        for number, device in enumerate(self.stage.devices):
            here, there = self.stage.describe(number), self.stage.describe(3 + (number == 2))
            assert here == there, f"replica {number} only {here - there}, server only {there - here}"
            assert device.cycle().total == 0
            result = device.cycle()
            assert (result.total, result.traffic.requests, result.reports) == (0, 2, ()), "nothing to do costs a look"
        self._check_items()
        self.stage.deliver()
        assert not self.stage.post.complaints, self.stage.post.complaints
        unsound = self.stage.unsound()
        assert not unsound, unsound

    def _check_items(self) -> None:
        there = {record.id: record for place in (3, 4) for record in self.stage.all_records(place)}
        count = Counter(name_of(record.item) for record in there.values())
        twice = {name for name, number in count.items() if number > 1 and name[0] not in self.ledger.copied}
        assert not twice, twice
        lost = self.ledger.complaints(there.values())
        assert not lost, lost

    def _settle(self) -> None:
        for _ in range(ROUNDS):
            done = 0
            for number, device in enumerate(self.stage.devices):
                result = device.cycle()
                self._heard(number, result)
                done += result.total
            if not done:
                return
        raise AssertionError("The replicas and the server never come to rest.")

    # Helpers

    def _count(self) -> None:
        Fire.steps += 1

    def _value(self, word: str) -> str:
        self.made += 1
        return f"{word} {self.made}"

    def _wait(self, seconds: int) -> None:
        for clock in (self.stage.clock, *(one.clock for one in self.stage.devices)):
            clock.jump(seconds)

    def _heard(self, device: int, result: CycleResult) -> None:
        assert result.traffic.requests < MOST_REQUESTS, "a cycle has an end"
        for report in result.reports:
            if report.subject is Subject.RESCUED:
                self.ledger.copied.add(report.title)
        self.stage.deliver()

    def _reported_somewhere(self, device: int) -> None:
        """What a cycle that failed would have said."""

    def _refused(self, device: int, title: str) -> None:
        self.ledger.excused.add(title)

    def _excuse(self, place: int, folder: Folder) -> None:
        for record in self.stage.records(place, folder):
            self.ledger.excused.add(title_of(record.item))

    def _people(self, folder: Folder, invited: int) -> tuple[Participant, ...]:
        chosen = [user(id_) for n, id_ in enumerate(self.stage.users) if invited >> n & 1 or id_ == folder.owner]
        return tuple(chosen) + ((GUEST,) if invited & 4 else ())

    def _edit(self, place: int, pick: int, kind: Change, number: int) -> ItemRecord | None:
        folder, record = self._any(place, pick)
        if folder is None or record is None:
            return None
        value = self._value("v")
        before: list[Item] = []

        def change(item: Item) -> dict[str, object]:
            before.append(item)
            return dict(kind(item, value, number))

        if not self._update(place, folder, record, change):
            return None
        for name in WATCHED:
            if before and kind(before[0], value, number).get(name) == value:
                self.ledger.wrote(name_of(before[0]), name, value, getattr(before[0], name, None), place)
        return record

    def _update(
        self, place: int, folder: Folder, record: ItemRecord, change: Callable[[Item], dict[str, object]]
    ) -> bool:
        done = self._try(
            lambda: self.stage.session(place).update(
                record.id, folder.id, change, module=folder.module, ignore_conflicts=True
            )
        )
        if place not in DEVICES:
            self.stage.deliver()
        return done

    @staticmethod
    def _try(attempt: Callable[[], object]) -> bool:
        """Whether the rules allowed it."""
        try:
            attempt()
        except Refused:
            return False
        return True

    def _own_folders(self, place: int) -> list[Folder]:
        me = self.stage.user_of(place)
        return [one for one in self.stage.folders(place) if one.owner == me and not one.is_default]

    def _any(
        self, place: int, pick: int, wanted: Callable[[Item], bool] = lambda _: True
    ) -> tuple[Folder | None, ItemRecord | None]:
        """Some item of the first folder that has one, from some folder on."""
        folders = self.stage.folders(place)
        start = pick % len(folders)
        for folder in (*folders[start:], *folders[:start]):
            found = [one for one in self.stage.records(place, folder) if wanted(one.item)]
            if found:
                return folder, found[pick // len(folders) % len(found)]
        return None, None


def _pick(found: list[T], pick: int) -> T | None:
    return found[pick % len(found)] if found else None
