"""Two clients change two folders at random; a third follows by change lists and ends up with the same (section 7)."""

from __future__ import annotations

from itertools import count

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule, run_state_machine_as_test

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser

_walks = count(1)


class Follower:
    """A client that keeps a copy of one folder by change lists, as section 7 describes."""

    def __init__(self, folder: Folder) -> None:
        self._folder = folder
        self._lastsync = 0
        self.copy: dict[int, str] = {}

    def sync(self) -> None:
        """Brings the copy into step; deletions come first and may name what was never seen."""
        for change in self._folder.changes(self._lastsync):
            if change["object_status"] == "DELETE":
                self.copy.pop(change.id, None)
            else:
                self.copy[change.id] = change["title"]
                self._lastsync = max(self._lastsync, change.last_modified - 1)


class Walk(RuleBasedStateMachine):
    """What the server should hold is kept in `expected`: folder and title of each task."""

    things = Bundle("things")

    def __init__(self, anna: OxUser, ben: OxUser) -> None:
        super().__init__()
        walk, rights = next(_walks), ox.right(ben.id, "4/4/4/4")
        self.folders = [anna.make_folder("task", f"Walk {walk}.{n}", rights, parent=2) for n in range(2)]
        self.views = [[folder, folder.seen_by(ben)] for folder in self.folders]
        self.followers = [Follower(folder) for folder in self.folders]
        self.expected: dict[int, tuple[int, str]] = {}
        self.versions: dict[int, int] = {}

    @rule(target=things, where=st.integers(0, 1), who=st.integers(0, 1), title=st.sampled_from("abc"))
    def create(self, where: int, who: int, title: str) -> Response:
        made = self.views[where][who].create(title=title)
        self._stored(made, made.id, where, title)
        return made

    @rule(thing=things, who=st.integers(0, 1), title=st.sampled_from("xyz"), outdated=st.booleans())
    def change(self, thing: Response, who: int, title: str, outdated: bool) -> None:
        where, _ = self.expected.get(thing.id, (0, ""))
        version = self.versions.get(thing.id, thing.last_modified)
        answer = self.views[where][who].try_update(thing, title=title, last_modified=version - int(outdated))
        if thing.id not in self.expected:
            assert answer.outcome == ("404", "1001")
        elif outdated:
            assert answer.outcome == ("409", "1000")
        else:
            self._stored(answer, thing.id, where, title)

    @rule(thing=things, who=st.integers(0, 1))
    def move(self, thing: Response, who: int) -> None:
        if thing.id in self.expected:
            where, title = self.expected[thing.id]
            target = self.folders[1 - where].id
            version = self.versions[thing.id]
            answer = self.views[where][who].update(thing, folder=target, last_modified=version)
            self._stored(answer, thing.id, 1 - where, title)

    @rule(thing=consumes(things), who=st.integers(0, 1))
    def delete(self, thing: Response, who: int) -> None:
        if thing.id in self.expected:
            where, _ = self.expected.pop(thing.id)
            self.views[where][who].delete(thing, last_modified=self.versions.pop(thing.id))

    @rule(which=st.integers(0, 1))
    def follow(self, which: int) -> None:
        self.followers[which].sync()
        assert self.followers[which].copy == self._content(which)

    @invariant()
    def the_list_shows_what_there_is(self) -> None:
        for which, folder in enumerate(self.folders):
            assert sorted(folder.listed()) == sorted(self._content(which))

    def _stored(self, answer: Response, id_: int, where: int, title: str) -> None:
        assert answer.outcome == ("200", "1200")
        if self.expected.get(id_) == (where, title):  # nothing changed: the version may stay what it was
            assert answer.last_modified >= self.versions[id_]
        else:
            assert answer.last_modified > self.versions.get(id_, 0)
        self.expected[id_] = (where, title)
        self.versions[id_] = answer.last_modified

    def _content(self, which: int) -> dict[int, str]:
        return {id_: title for id_, (where, title) in self.expected.items() if where == which}


@pytest.mark.timeout(300)
def test_who_follows_by_change_lists_ends_up_with_what_there_is(anna: OxUser, ben: OxUser) -> None:
    class WalkOfAnnaAndBen(Walk):
        def __init__(self) -> None:
            super().__init__(anna, ben)

    short = settings(max_examples=8, stateful_step_count=15, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(WalkOfAnnaAndBen, settings=short)
