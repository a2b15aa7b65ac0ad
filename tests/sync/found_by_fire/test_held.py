"""What machines found that ran for hours: what people do while the guard holds deletions answers its question."""

from __future__ import annotations

from datetime import timedelta

import pytest

from passerelle.model.folders import Module
from passerelle.model.items import Appointment
from passerelle.model.moments import Timed
from passerelle.model.records import ItemRecord
from passerelle.peers.base import RemoteId
from passerelle.sync.deletions.held import Decision
from passerelle.sync.policy import Policy
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import Stage
from tests.sync.found_by_fire.telling import BEN, BEN_THERE, come_to_rest, folder, item

_ALL_ASKED = Policy(guard_items=0, guard_share=0.0)
_HOMES = {Module.CALENDAR: "Calendar", Module.CONTACTS: "Contacts"}


class Story:
    """An item of Ben's, whose machine asks about each deletion."""

    def __init__(self, stage: Stage, module: Module, number: int = 2) -> None:
        self.stage = stage
        self.module = module
        ben = stage.users[1]
        self.title = f"{module.value} {number} of {ben}"
        self.home, self.goal = _HOMES[module], f"Team of {ben}"
        self.device = stage.devices[BEN]
        self.device.replica.policy = _ALL_ASKED
        self.device.cycle()

    def edit(self, place: int) -> None:
        inside = folder(self.stage, place, self.home, self.module)
        session = self.stage.session(place)
        session.update(
            self.at(place).id, inside.id, lambda _: {"note": "still needed"}, module=self.module, ignore_conflicts=True
        )

    def move(self, place: int) -> None:
        inside, into = (folder(self.stage, place, name, self.module) for name in (self.home, self.goal))
        session = self.stage.session(place)
        session.update(
            self.at(place).id, inside.id, lambda _: {}, module=self.module, destination=into.id, ignore_conflicts=True
        )

    def delete(self, place: int) -> None:
        inside = folder(self.stage, place, self.home, self.module)
        self.stage.session(place).delete(self.at(place).id, inside.id, module=self.module)

    def at(self, place: int) -> ItemRecord:
        return item(self.stage, place, folder(self.stage, place, self.home, self.module), self.title)

    def asked(self) -> list[int]:
        """How many items of each folder wait for Ben's word; nothing else does."""
        waiting = self.device.replica.waiting
        assert all(one.held for one in waiting.skipped())
        return [one.count for one in waiting.held()]

    def found(self) -> list[tuple[str, str | None]]:
        """In which folders the item is on the server, and its note; here it is the same."""
        come_to_rest(self.stage)
        assert self.asked() == []
        homes = {one.id: one.name for one in self.stage.folders(BEN_THERE)}
        found = [one for one in self.stage.all_records(BEN_THERE) if title_of(one.item) == self.title]
        return [(homes[one.folder], one.item.note) for one in found]


@pytest.fixture(params=list(_HOMES), ids=str)
def story(stage: Stage, request: pytest.FixtureRequest) -> Story:
    return Story(stage, request.param)


def test_what_is_edited_here_while_its_deletion_there_waits_stays(story: Story) -> None:
    story.delete(BEN_THERE)
    story.device.cycle()
    assert story.asked() == [1]
    story.edit(BEN)
    story.device.cycle()
    assert story.found() == [(story.home, "still needed")]


def test_what_is_moved_here_while_its_deletion_there_waits_stays_where_it_was_moved(story: Story) -> None:
    story.delete(BEN_THERE)
    story.device.cycle()
    story.move(BEN)
    story.device.cycle()
    assert story.found() == [(story.goal, None)]


@pytest.mark.parametrize("first", [BEN, BEN_THERE])
def test_what_both_sides_deleted_is_not_asked_about(story: Story, first: int) -> None:
    story.delete(first)
    story.device.cycle()
    assert story.asked() == [1]
    story.delete(BEN_THERE if first == BEN else BEN)
    story.device.cycle()
    assert story.found() == []


def test_what_was_moved_there_is_not_asked_about_though_only_its_old_folder_was_told_of(story: Story) -> None:
    story.move(BEN_THERE)
    home = folder(story.stage, BEN, story.home, story.module)
    story.device.cycle({RemoteId(story.stage.remote_of(BEN, home.id)): None})
    assert story.asked() == []
    assert story.found() == [(story.goal, None)]


def test_what_is_edited_there_while_its_deletion_here_waits_is_back(story: Story) -> None:
    story.delete(BEN)
    story.device.cycle()
    assert story.asked() == [1]
    story.edit(BEN_THERE)
    story.device.cycle()
    assert story.found() == [(story.home, "still needed")]


def test_what_is_moved_there_while_its_deletion_here_waits_is_asked_about_once(story: Story) -> None:
    story.delete(BEN)
    story.device.cycle()
    story.move(BEN_THERE)
    story.device.cycle()
    assert story.asked() == [1]
    story.device.replica.waiting.confirm([], Decision.DELETE)
    story.device.cycle()
    assert story.found() == []


def test_a_series_stays_whose_occurrence_is_edited_here_while_the_deletion_of_all_there_waits(stage: Stage) -> None:
    story = Story(stage, Module.CALENDAR, 0)
    series = story.at(BEN_THERE)
    assert isinstance(series.item, Appointment)
    assert isinstance(series.item.when, Timed)
    home, day = folder(stage, BEN_THERE, story.home), series.item.when.start.date() + timedelta(weeks=1)
    session = stage.session(BEN_THERE)
    session.change_occurrence(series.id, home.id, day, lambda _: {"note": "elsewhere"}, ignore_conflicts=True)
    story.device.cycle()
    story.delete(BEN_THERE)
    story.device.cycle()
    assert story.asked() == [2]
    here = folder(stage, BEN, story.home)
    exception = next(one for one in stage.records(BEN, here) if one.master == story.at(BEN).id)
    stage.session(BEN).update(exception.id, here.id, lambda _: {"note": "still needed"}, ignore_conflicts=True)
    story.device.cycle()
    assert sorted(story.found(), key=str) == [(story.home, "still needed"), (story.home, None)]


def test_a_question_stays_while_nothing_was_done_about_what_it_is_about(stage: Stage) -> None:
    story = Story(stage, Module.CONTACTS)
    other = Story(stage, Module.CONTACTS, 1)
    for one in (story, other):
        one.delete(BEN_THERE)
    story.device.cycle()
    other.edit(BEN)
    for _ in range(3):
        story.device.cycle()
        assert story.asked() == [1]
    story.device.replica.waiting.confirm([], Decision.DELETE)
    story.device.cycle()
    assert (story.found(), other.found()) == ([], [(other.home, "still needed")])
