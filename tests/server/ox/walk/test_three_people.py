"""Three people with random rights in private, shared and public folders act through the interface, and a plain model
says what each gets for an answer and sees (semantics reference, sections 1, 2, 4, 5 and 7).

After each step each user's lists, and every single read of the item concerned, are held against the model; now and then
the clients ask for what is new, and must then hold what their users see: no less, no more.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test

from passerelle.groupware import provision
from passerelle.model.ids import GroupId, UserId
from tests.server.ox.walk import folder_rules
from tests.server.ox.walk.model import (
    ALL,
    EVERYBODY,
    PRIVATE_ROOT,
    PUBLIC_ROOT,
    Folder,
    Item,
    Levels,
    Outcome,
    People,
    Principal,
)
from tests.server.ox.walk.picture import SERVLETS
from tests.server.ox.walk.stage import Stage, furnish
from tests.support.ox import elements as ox
from tests.support.ox.client import OxUser
from tests.support.ox.elements import Value, Xml

pytestmark = pytest.mark.long

GRANTS = (
    Levels(), Levels(2), Levels(2, 2), Levels(2, 4), Levels(4, 2, 2, 2), Levels(4, 4, 2, 2), Levels(4, 4, 4, 4),
    Levels(8, 4, 4, 4), Levels(8, 4, 4, 4), Levels(128, 128, 128, 128), Levels(8), Levels(0, 4, 4, 4), Levels(4, 4, 4),
    ALL,
)  # fmt: skip
FIRST_DAY = ox.ms("2041-03-05")
_LATER = ox.ms("2100-01-01")

numbers = st.integers(0, 11)
people = st.integers(0, 2)
seldom = st.sampled_from([False, False, False, False, True])
titles = st.sampled_from(["X", "Y", "Z"])
grants = st.dictionaries(st.integers(0, 4), st.sampled_from(GRANTS), max_size=3)
invitations = st.builds(
    People,
    st.frozensets(people, max_size=3),
    st.sampled_from([frozenset(), frozenset(), frozenset({0}), frozenset({1})]),
)


class ThreePeople(Stage):
    """The steps: what the three ask for, and what the administrator does to their group."""

    # Folders

    @initialize()
    def something_to_begin_with(self) -> None:
        self.make_folder(0, 1, 0, "X", {1: Levels(4, 2, 2, 2), 4: Levels(2, 4)}, roots=True)
        self.share(0, 0, {0: ALL, 1: Levels(8, 4, 4, 4)})
        self.make_folder(0, 0, 0, "Y", {}, roots=True)
        self.make_folder(1, 1, 2, "Z", {3: Levels(4, 4, 4, 4), 2: Levels(4, 4, 4, 4)}, roots=True)
        self.share(1, 3, {1: ALL, 3: Levels(4, 4, 2, 2)})
        self.create(0, 0, "X", private=False, invitation=People(frozenset({1})))
        self.create(1, 3, "Y", private=False, invitation=People(frozenset(), frozenset({0})))
        self.create(0, 1, "Z", private=True, invitation=People())
        self.create(1, 0, "Z", private=False, invitation=People())

    @rule(who=people, parent=numbers, module=people, title=titles, given=grants, roots=st.booleans())
    def make_folder(
        self, who: int, parent: int, module: int, title: str, given: dict[int, Levels], roots: bool
    ) -> None:
        user = self.users[who]
        above = None if roots else self.some_folder(parent)
        parent_id = above.id if above is not None else (PRIVATE_ROOT, PUBLIC_ROOT)[parent % 2]
        public = above.public if above is not None else parent_id == PUBLIC_ROOT
        owner = above.owner if above is not None and not public else user.id
        said = self.entries(given)
        if owner == user.id:
            said[("user", owner)] = ALL
        new = Folder(-1, parent_id, title, [*SERVLETS][module], public, owner, {**said, ("user", owner): ALL})
        broken = folder_rules.judge_make(self.world, user.id, new, said)
        answer = user.try_write(
            "folders", title=title, module=new.module, folder_id=parent_id, permissions=_permissions(said)
        )
        if self.expect(answer, broken):
            self.world.folders[answer.id] = msgspec.structs.replace(new, id=answer.id)

    @rule(who=people, number=numbers, given=grants)
    def share(self, who: int, number: int, given: dict[int, Levels]) -> None:
        user, folder = self.users[who], self.some_folder(number)
        said = self.entries(given)
        if number % 3:
            said[("user", folder.owner)] = ALL
        shared = msgspec.structs.replace(folder, entries=said)
        broken = folder_rules.judge_change(self.world, user.id, folder, stale=False)
        if not broken:
            broken = folder_rules.against_entries(self.world, shared) if said else {("409", "1100")}
        answer = user.try_write("folders", object_id=folder.id, permissions=_permissions(said))
        if self.expect(answer, broken):
            self.world.folders[folder.id] = shared
            self.world.reached_anew.add(folder.id)

    @rule(who=people, number=numbers, title=titles, stale=seldom)
    def rename(self, who: int, number: int, title: str, stale: bool) -> None:
        user, folder = self.users[who], self.some_folder(number)
        renamed = folder if folder.default else msgspec.structs.replace(folder, title=title)
        broken = folder_rules.judge_change(self.world, user.id, folder, stale=stale)
        if not broken and renamed != folder:
            broken = folder_rules.against_title(self.world, renamed) | folder_rules.against_entries(self.world, renamed)
        version: dict[str, Value] = {"last_modified": 0} if stale else {}
        if self.expect(user.try_write("folders", object_id=folder.id, title=title, **version), broken):
            self.world.folders[folder.id] = renamed

    @rule(who=people, number=numbers, goal=numbers, roots=st.booleans())
    def move_folder(self, who: int, number: int, goal: int, roots: bool) -> None:
        user, folder = self.users[who], self.some_folder(number)
        target = (PRIVATE_ROOT, PUBLIC_ROOT)[goal % 2] if roots else self.some_folder(goal).id
        if target == folder.parent:
            return
        broken = folder_rules.judge_move_folder(self.world, user.id, folder, target)
        if self.expect(user.try_write("folders", object_id=folder.id, folder=target), broken):
            folder.parent = target
            self.world.reached_anew.update(self.world.folders)  # path-to-root entries come and go

    @rule(who=people, number=numbers, stale=seldom)
    def drop_folder(self, who: int, number: int, stale: bool) -> None:
        user, folder = self.users[who], self.some_folder(number)
        broken = folder_rules.judge_drop(self.world, user.id, folder, stale=stale)
        version = 0 if stale else _LATER
        answer = user.try_write("folders", object_id=folder.id, method="DELETE", last_modified=version)
        if self.expect(answer, broken):
            folder_rules.drop(self.world, user.id, folder)

    @rule(who=people, number=numbers)
    def clear_folder(self, who: int, number: int) -> None:
        user, folder = self.users[who], self.some_folder(number)
        broken = folder_rules.judge_clear(self.world, user.id, folder)
        answer = user.try_write("folders", object_id=folder.id, method="CLEAR", last_modified=_LATER)
        if self.expect(answer, broken):
            folder_rules.clear(self.world, user.id, folder)

    @rule(members=st.frozensets(people))
    def regroup(self, members: frozenset[int]) -> None:
        """What the administrator does."""
        chosen = [self.users[number].id for number in members]
        provision.change_group(self.store, GroupId(self.staff), [UserId(id_) for id_ in chosen])
        self.world.groups[self.staff] = frozenset(chosen)
        self.world.reached_anew.update(self.world.folders)

    # Items

    @rule(who=people, number=numbers, title=titles, private=st.booleans(), invitation=invitations)
    def create(self, who: int, number: int, title: str, private: bool, invitation: People) -> None:
        user, folder = self.users[who], self.some_folder(number)
        item = Item(-1, folder.module, title, folder.id, user.id, private)
        if folder.module != "contact":
            named = self.named(invitation)
            item.answers, item.groups = dict.fromkeys(named.users, "none"), named.groups
            item.start = FIRST_DAY
        broken = self.world.judge_create(user.id, folder, folder.module, item)
        answer = user.try_write(
            SERVLETS[folder.module], folder_id=folder.id, **_content(item), **_people(item), private_flag=private
        )
        if self.expect(answer, broken):
            item.id, item.version = answer.id, answer.last_modified
            self.world.create(user.id, item)
            self.look_at(item)

    @rule(who=people, number=numbers, way=numbers, title=titles, stale=seldom)
    def retitle(self, who: int, number: int, way: int, title: str, stale: bool) -> None:
        def effect(item: Item, _user: OxUser, _folder: Folder) -> None:
            if item.title != title:
                item.title = title
                self.world.refresh_views(item)

        item = self.some_item(number)
        name = "title" if item is not None and item.module != "contact" else "last_name"
        self.change(item, who, way, lambda *_: set(), effect, stale=stale, **{name: title})

    @rule(who=people, number=numbers, way=numbers, private=st.booleans())
    def hide_or_show(self, who: int, number: int, way: int, private: bool) -> None:
        def against(item: Item, user: OxUser, folder: Folder) -> set[Outcome]:
            return self.world.judge_private(user.id, item, folder) if private else set()

        def effect(item: Item, _user: OxUser, _folder: Folder) -> None:
            if item.private != private:
                item.private = private
                self.world.refresh_views(item)

        self.change(self.some_item(number), who, way, against, effect, private_flag=private)

    @rule(who=people, number=numbers, way=numbers, day=people)
    def reschedule(self, who: int, number: int, way: int, day: int) -> None:
        item, start = self.some_item(number, "calendar", "task"), FIRST_DAY + day * ox.DAY

        def effect(item: Item, user: OxUser, folder: Folder) -> None:
            if item.start != start:
                if item.module == "calendar":
                    self.world.ask_again(user.id, item, folder)
                item.start = start
                self.world.refresh_views(item)

        length = ox.HOUR if item is not None and item.module == "calendar" else 0
        self.change(item, who, way, lambda *_: set(), effect, start_date=start, end_date=start + length)

    @rule(who=people, number=numbers, way=numbers, invitation=invitations)
    def invite(self, who: int, number: int, way: int, invitation: People) -> None:
        item = self.some_item(number, "calendar", "task")
        named = self.named(
            invitation, host=None if item is None or way % 4 == 0 else self.world.folders[item.home].owner
        )

        def against(item: Item, _user: OxUser, folder: Folder) -> set[Outcome]:
            return self.world.judge_people(item, folder, named)

        def effect(item: Item, _user: OxUser, _folder: Folder) -> None:
            self.world.invite(item, named)

        rows = [ox.user(user) for user in sorted(named.users)] + [ox.group(group) for group in sorted(named.groups)]
        self.change(item, who, way, against, effect, participants=ox.together(*rows))

    def change(
        self,
        item: Item | None,
        who: int,
        way: int,
        against: Callable[[Item, OxUser, Folder], set[Outcome]],
        effect: Callable[[Item, OxUser, Folder], None],
        *,
        stale: bool = False,
        **fields: Value,
    ) -> None:
        """A change of one item through one folder: what stands against it beside the rights, and what it does."""
        if item is None:
            return
        user = self.someone(item, who, way)
        folder = self.way_to(item, user, way)
        broken = self.world.judge_write(user.id, item, folder, stale=stale)
        if self.world.known(user.id, folder, item):
            broken |= against(item, user, folder)
        answer = user.try_write(
            SERVLETS[item.module], object_id=item.id, folder_id=folder.id, ignore_conflicts=True,
            last_modified=0 if stale else _LATER, **fields,
        )  # fmt: skip
        if self.expect(answer, broken):
            before = msgspec.structs.replace(item)
            effect(item, user, folder)
            if item != before:
                item.touch()
            elif answer.last_modified > (item.version or 0):  # the order of participants is no matter of the model
                item.version = answer.last_modified
            self.has_version(item, answer)
        self.look_at(item)

    @rule(who=people, number=numbers, way=numbers, goal=numbers, stale=seldom)
    def move(self, who: int, number: int, way: int, goal: int, stale: bool) -> None:
        item = self.some_item(number)
        if item is None:
            return
        user = self.someone(item, who, way)
        folder, target = self.way_to(item, user, way), self.goal_for(item, user, goal)
        if target.id == folder.id:
            return
        broken = self.world.judge_move(user.id, item, folder, target, stale=stale)
        answer = user.try_write(
            SERVLETS[item.module], object_id=item.id, folder_id=folder.id, folder=target.id,
            last_modified=0 if stale else _LATER, ignore_conflicts=True,
        )  # fmt: skip
        if self.expect(answer, broken):
            self.world.move(item, folder, target)
            item.touch()
            self.has_version(item, answer)
        self.look_at(item)

    @rule(who=people, number=numbers, way=numbers, stale=seldom)
    def delete(self, who: int, number: int, way: int, stale: bool) -> None:
        item = self.some_item(number)
        if item is None:
            return
        user = self.someone(item, who, way)
        folder = self.way_to(item, user, way)
        broken = self.world.judge_delete(user.id, item, folder, stale=stale)
        answer = user.try_write(
            SERVLETS[item.module], object_id=item.id, folder_id=folder.id, method="DELETE",
            last_modified=0 if stale else _LATER,
        )  # fmt: skip
        if self.expect(answer, broken):
            self.world.delete(item, folder)
        self.look_at(item)

    @rule(who=people, number=numbers, answer=st.sampled_from(["accept", "decline", "tentative"]))
    def confirm(self, who: int, number: int, answer: str) -> None:
        item = self.some_item(number, "calendar", "task")
        if item is None:
            return
        user = self.users[who]
        broken = self.world.judge_confirm(user.id, item)
        said = user.try_write(SERVLETS[item.module], object_id=item.id, method="CONFIRM", confirm=answer)
        if self.expect(said, broken) and item.answers.get(user.id) != answer:
            item.answers = {**item.answers, user.id: answer}
            item.touch()
        self.look_at(item)

    @rule(who=people)
    def synchronise(self, who: int) -> None:
        self.clients[who].synchronise()

    def named(self, invitation: People, *, host: int | None = None) -> People:
        """Users and groups of an invitation; with the host, who must not be missing from an own calendar."""
        users = {self.users[number].id for number in invitation.users} | ({host} if host is not None else set())
        return People(frozenset(users), frozenset(self.staff if number else EVERYBODY for number in invitation.groups))


def _permissions(entries: dict[Principal, Levels]) -> Xml:
    return ox.together(
        *(
            ox.right(id_, "/".join(map(str, levels[:4])), admin=levels.admin, kind=kind)
            for (kind, id_), levels in entries.items()
        )
    )


def _content(item: Item) -> dict[str, Value]:
    if item.module == "contact":
        return {"last_name": item.title}
    end = item.start + ox.HOUR * (item.module == "calendar")
    return {"title": item.title, "start_date": item.start, "end_date": end, "ignore_conflicts": True}


def _people(item: Item) -> dict[str, Value]:
    if not item.answers and not item.groups:
        return {}
    rows = [ox.user(user) for user in item.answers] + [ox.group(group) for group in item.groups]
    return {"participants": ox.together(*rows)}


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's directory with the three people, to be copied."""
    path = tmp_path_factory.mktemp("three") / "store"
    furnish(path)
    return path


@pytest.mark.timeout(600)
def test_three_people_get_the_answers_and_see_the_things_that_the_rules_give_them(furnished: Path) -> None:
    """PASSERELLE_WALKS=200x40 takes 200 walks of up to 40 steps."""
    machine = type("ThreePeopleHere", (ThreePeople,), {"furnished": furnished})
    walks, steps = (int(number) for number in os.environ.get("PASSERELLE_WALKS", "5x25").split("x"))
    chosen = settings(max_examples=walks, stateful_step_count=steps, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine, settings=chosen)
