"""A random walk of two people who share their calendars and meet: each sees on the own device what the server shows."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from passerelle.groupware.session import Session
from passerelle.model.errors import Refused, Unreachable
from passerelle.model.folders import FIRST_ORDINARY, Folder, Module, Right, Rights
from passerelle.model.items import Appointment, Item
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.principals import PrincipalKind
from passerelle.model.records import ItemRecord
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.sync.replica import Replica
from tests.sync.faults import FaultyPeer
from tests.sync.real_server import RealServer, default_folder, real_server

pytestmark = pytest.mark.long

T = TypeVar("T")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
people = st.integers(0, 1)
picks = st.integers(0, 10_000)
LEVELS = [
    Rights(),
    Rights(folder=2, read=4),
    Rights(folder=4, read=4, write=4, delete=4),
    Rights(folder=4, read=2, write=2, delete=2),
]
levels = st.integers(0, len(LEVELS) - 1)


class Shared(RuleBasedStateMachine):
    """Places 0 and 1 are the devices of two users, 2 and 3 the same users on the server itself."""

    server: RealServer

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.made = 0
        self.later = datetime(2026, 1, 1, tzinfo=UTC)

    @initialize(first=levels, second=levels)
    def begin(self, first: int, second: int) -> None:
        logins = [f"user{len(self.server.users) + number}" for number in range(2)]
        self.ids = [self.server.add_user(login).id for login in logins]
        self.home = Path(tempfile.mkdtemp(dir=self.server.directory))
        self.stack.callback(shutil.rmtree, self.home)
        self.peers = [self.server.connect(login) for login in logins]
        self.replicas = [
            Replica.create(self.home / login, login, peer.identify(), now=lambda: self.later)
            for login, peer in zip(logins, self.peers, strict=True)
        ]
        for peer, replica in zip(self.peers, self.replicas, strict=True):
            self.stack.callback(peer.close)
            self.stack.callback(replica.close)
        there = [self.server.session(login) for login in logins]
        self.sessions: list[Session] = [*(one.session() for one in self.replicas), *there]
        for person, level in enumerate((first, second)):
            self._share(person, LEVELS[level])
        for replica, peer in zip(self.replicas, self.peers, strict=True):
            replica.cycle(peer)

    def teardown(self) -> None:
        with self.stack:
            if hasattr(self, "sessions"):
                self._check()

    @rule(person=people, level=levels)
    def share(self, person: int, level: int) -> None:
        self._share(person, LEVELS[level])

    @rule(place=st.integers(0, 3), pick=picks, series=st.booleans(), invited=st.sets(people))
    def create(self, place: int, pick: int, series: bool, invited: set[int]) -> None:
        folder = _pick(self._folders(place), pick)
        if folder is None:
            return
        self.made += 1
        item = Appointment(
            when=Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin"),
            title=f"item {self.made}",
            recurrence=Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=6),)) if series else None,
            participants=self._participants(invited | {self._owner(folder)}),
        )
        self._try(lambda: self.sessions[place].create(folder.id, item, ignore_conflicts=True))

    @rule(place=st.integers(0, 3), pick=picks, value=picks)
    def edit(self, place: int, pick: int, value: int) -> None:
        folder, record = self._any(place, pick)
        if record is not None:
            change = {"note": f"note {value % 3}"}
            self._update(place, folder, record, change)

    @rule(place=st.integers(0, 3), pick=picks, invited=st.sets(people))
    def invite(self, place: int, pick: int, invited: set[int]) -> None:
        folder, record = self._any(place, pick)
        if record is not None and isinstance(record.item, Appointment):
            change = {"participants": self._participants(invited | {self._owner(folder)})}
            self._update(place, folder, record, change)

    @rule(place=st.integers(0, 3), pick=picks)
    def delete(self, place: int, pick: int) -> None:
        folder, record = self._any(place, pick)
        if record is not None:
            self._try(lambda: self.sessions[place].delete(record.id, folder.id))

    @rule(place=st.integers(0, 3), pick=picks, answer=st.sampled_from(list(Answer)))
    def confirm(self, place: int, pick: int, answer: Answer) -> None:
        _, record = self._any(place, pick)
        if record is not None:
            self._try(lambda: self.sessions[place].confirm(record.id, answer))

    @rule(place=st.integers(0, 3), pick=picks, week=st.integers(0, 3), delete=st.booleans())
    def touch_occurrence(self, place: int, pick: int, week: int, delete: bool) -> None:
        folder, record = self._any(place, pick)
        if record is None:
            return
        day = (START + timedelta(weeks=week)).date()
        self.made += 1
        title = f"occurrence {self.made}"
        session = self.sessions[place]
        if delete:
            self._try(lambda: session.delete_occurrence(record.id, folder.id, day))
        else:
            self._try(
                lambda: session.change_occurrence(
                    record.id, folder.id, day, lambda _: {"title": title}, ignore_conflicts=True
                )
            )

    @rule(person=people)
    def synchronise(self, person: int) -> None:
        self.replicas[person].cycle(self.peers[person])

    @rule(person=people, step=st.integers(0, 20), after=st.booleans())
    def synchronise_with_a_fault(self, person: int, step: int, after: bool) -> None:
        with suppress(Unreachable):
            self.replicas[person].cycle(FaultyPeer(self.peers[person], step, after))

    @rule()
    def time_passes(self) -> None:
        self.later += timedelta(days=2)

    def _check(self) -> None:
        self.later += timedelta(days=2)
        self._quiet()
        for replica in self.replicas:
            for skipped in replica.waiting.skipped():
                replica.waiting.discard(skipped.id)
        self._quiet()
        for person in range(2):
            here, there = self._content(person), self._content(person + 2)
            assert (here - there, there - here) == (Counter(), Counter()), "only here, only there"
            assert self.replicas[person].cycle(self.peers[person]).total == 0
            assert self.replicas[person].cycle(self.peers[person]).traffic.requests == 2

    def _quiet(self) -> None:
        for _ in range(12):
            if not sum(one.cycle(peer).total for one, peer in zip(self.replicas, self.peers, strict=True)):
                return
        raise AssertionError("The replicas and the server never come to rest.")

    def _content(self, place: int) -> Counter[tuple[int, str]]:
        found: Counter[tuple[int, str]] = Counter()
        for folder in self._folders(place):
            with suppress(Refused):  # a folder that may be seen, but not read
                records = self.sessions[place].changes(folder.id, Module.CALENDAR).items
                found.update((folder.owner, _text(record.item)) for record in records)
        return found

    def _share(self, person: int, level: Rights) -> None:
        session = self.sessions[person + 2]
        calendar = default_folder(session)
        other = self.ids[1 - person]
        kept = tuple(right for right in calendar.rights if right.principal != other)
        right = Right(kind=PrincipalKind.USER, principal=other, rights=level)
        session.update_folder(calendar.id, rights=(*kept, right))

    def _participants(self, invited: set[int]) -> tuple[Participant, ...]:
        return tuple(Participant(kind=ParticipantKind.USER, id=self.ids[person]) for person in sorted(invited))

    def _owner(self, folder: Folder) -> int:
        return self.ids.index(folder.owner)

    def _update(self, place: int, folder: Folder, record: ItemRecord, change: Mapping[str, object]) -> None:
        self._try(lambda: self.sessions[place].update(record.id, folder.id, lambda _: change, ignore_conflicts=True))

    @staticmethod
    def _try(attempt: Callable[[], object]) -> None:
        """The rules may refuse what a person tries."""
        with suppress(Refused):
            attempt()

    def _folders(self, place: int) -> list[Folder]:
        """The calendars of the two that the person of a place sees."""
        found = [view.folder for view in self.sessions[place].folders().changed]
        calendars = [one for one in found if one.module is Module.CALENDAR and one.id >= FIRST_ORDINARY]
        return sorted((one for one in calendars if one.owner in self.ids), key=lambda one: one.owner)

    def _any(self, place: int, pick: int) -> tuple[Folder, ItemRecord | None]:
        folder = _pick(self._folders(place), pick)
        assert folder is not None
        try:
            records = sorted(self.sessions[place].changes(folder.id, Module.CALENDAR).items, key=lambda one: one.id)
        except Refused:
            return folder, None
        return folder, _pick(records, pick // 2)


def _pick(found: list[T], pick: int) -> T | None:
    return found[pick % len(found)] if found else None


def _text(item: Item) -> str:
    if isinstance(item, Appointment):  # the order of people means nothing, and each side counts revisions for itself
        people = tuple(sorted(item.participants, key=lambda one: one.identity))
        item = msgspec.structs.replace(item, sequence=0, participants=people)
    return msgspec.json.encode(item).decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.mark.timeout(600)
def test_two_people_who_share_their_calendars_see_what_the_server_shows(server: RealServer) -> None:
    Shared.server = server
    run_state_machine_as_test(
        Shared,
        settings=settings(
            max_examples=6,
            stateful_step_count=20,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            deadline=None,
        ),
    )
