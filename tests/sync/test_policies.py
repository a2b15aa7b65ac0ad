"""Both sides changed the same: whose value stays by each policy, and what waits where the user is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from passerelle.model.errors import NotFound
from passerelle.model.items import Appointment
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.report import Subject
from passerelle.sync.skipped.conflicts import OpenConflict
from tests.sync.invariants import quiet
from tests.sync.memory_server import FORBIDDEN_WORD
from tests.sync.world import World, appointment, weekly

LATER = datetime(2099, 1, 1, tzinfo=UTC)
EARLIER = datetime(2001, 1, 1, tzinfo=UTC)


def title(item: object) -> str | None:
    assert isinstance(item, Appointment)
    return item.title


def clash(world: World, winner: Winner, at: datetime | None = None) -> int:
    """An appointment whose title both sides changed, and each another field; return its number on the server."""
    world.replica.policy = Policy(winner=winner)
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.edit(world.record(), title="Mine", location="Canteen")
    world.edit_there(stored.id, title="Theirs", note="Bring cake")
    world.server.items[stored.id].modified = at
    return stored.id


def asked(world: World) -> OpenConflict:
    (conflict,) = world.replica.waiting.conflicts()
    return conflict


@pytest.mark.parametrize(("at", "expected"), [(LATER, "Theirs"), (EARLIER, "Mine"), (None, "Theirs")])
def test_the_later_change_wins_and_the_servers_where_it_does_not_say_when(
    world: World, at: datetime | None, expected: str
) -> None:
    id_ = clash(world, Winner.NEWER, at)
    quiet({world.replica: world.peer})
    assert title(world.record().item) == title(world.server.items[id_].item) == expected
    world.check()


def test_what_is_asked_about_waits_on_both_sides_while_all_else_is_merged(world: World) -> None:
    id_ = clash(world, Winner.ASK)
    result = world.cycle()
    assert [one.subject for one in result.reports] == [Subject.UNDECIDED]
    here, there = world.record().item, world.server.items[id_].item
    assert isinstance(here, Appointment)
    assert isinstance(there, Appointment)
    assert (here.title, here.location, here.note) == ("Mine", "Canteen", "Bring cake")
    assert (there.title, there.location, there.note) == ("Theirs", "Canteen", "Bring cake")
    waiting = asked(world)
    assert (waiting.fields, title(waiting.here), title(waiting.there)) == (("title",), "Mine", "Theirs")
    quiet({world.replica: world.peer})
    assert world.cycle().reports == ()
    assert asked(world).id == waiting.id


@pytest.mark.parametrize(("winner", "expected"), [(Winner.MINE, "Mine"), (Winner.SERVER, "Theirs")])
def test_what_the_user_decides_is_on_both_sides_after_the_next_cycle(
    world: World, winner: Winner, expected: str
) -> None:
    id_ = clash(world, Winner.ASK)
    world.cycle()
    world.replica.waiting.decide(asked(world).id, winner)
    assert world.replica.waiting.conflicts() == ()
    quiet({world.replica: world.peer})
    assert title(world.record().item) == title(world.server.items[id_].item) == expected
    world.check()


def test_fields_can_be_decided_one_by_one(world: World) -> None:
    world.replica.policy = Policy(winner=Winner.ASK)
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.edit(world.record(), title="Mine", location="Here")
    world.edit_there(stored.id, title="Theirs", location="There")
    world.cycle()
    id_ = asked(world).id
    with pytest.raises(NotFound):
        world.replica.waiting.decide(id_, Winner.MINE, ["note"])
    world.replica.waiting.decide(id_, Winner.MINE, ["title"])
    quiet({world.replica: world.peer})
    assert asked(world).fields == ("location",)
    assert title(world.server.items[stored.id].item) == "Mine"
    world.replica.waiting.decide(id_, Winner.SERVER, ["location"])
    quiet({world.replica: world.peer})
    item = world.record().item
    assert isinstance(item, Appointment)
    assert (item.title, item.location) == ("Mine", "There")
    world.check()


def test_both_may_go_on_editing_while_the_question_waits(world: World) -> None:
    id_ = clash(world, Winner.ASK)
    world.cycle()
    world.edit(world.record(), title="Mine again", categories=("red",))
    world.edit_there(id_, title="Theirs again")
    quiet({world.replica: world.peer})
    waiting = asked(world)
    assert (title(waiting.here), title(waiting.there)) == ("Mine again", "Theirs again")
    world.replica.waiting.decide(waiting.id, Winner.MINE)
    quiet({world.replica: world.peer})
    assert title(world.server.items[id_].item) == "Mine again"
    world.check()


def test_the_question_is_over_when_both_sides_come_to_agree(world: World) -> None:
    id_ = clash(world, Winner.ASK)
    world.cycle()
    world.edit_there(id_, title="Mine")
    quiet({world.replica: world.peer})
    assert world.replica.waiting.conflicts() == ()
    world.check()


def test_a_time_that_is_asked_about_waits_together_with_the_rule(world: World) -> None:
    world.replica.policy = Policy(winner=Winner.ASK)
    stored = world.server.create(world.me, world.calendar, weekly())
    world.cycle()
    before = world.record().item
    assert isinstance(before, Appointment)
    assert before.recurrence is not None
    when = before.when
    world.edit(world.record(), when=msgspec.structs.replace(when, start=when.start - timedelta(hours=1)))
    there = world.server.items[stored.id].item
    assert isinstance(there, Appointment)
    rule = msgspec.structs.replace(before.recurrence.rules[0], count=3)
    world.edit_there(
        stored.id,
        when=msgspec.structs.replace(there.when, end=there.when.end + timedelta(hours=1), start=there.when.end),
        recurrence=msgspec.structs.replace(before.recurrence, rules=(rule,)),
    )
    quiet({world.replica: world.peer})
    item = world.record().item
    assert isinstance(item, Appointment)
    assert item.recurrence == before.recurrence
    world.replica.waiting.decide(asked(world).id, Winner.SERVER)
    quiet({world.replica: world.peer})
    item = world.record().item
    assert isinstance(item, Appointment)
    assert item.recurrence is not None
    assert item.recurrence.rules == (rule,)
    world.check()


def test_an_item_that_is_asked_about_and_deleted_there_stays_as_the_user_has_it(world: World) -> None:
    id_ = clash(world, Winner.ASK)
    world.cycle()
    world.server.delete(world.me, id_)
    quiet({world.replica: world.peer})
    assert world.replica.waiting.conflicts() == ()
    (stored,) = world.server.in_folder(world.calendar)
    assert title(stored.item) == "Mine"
    world.check()


def test_an_item_that_is_asked_about_and_deleted_here_is_gone_on_both_sides(world: World) -> None:
    clash(world, Winner.ASK)
    world.cycle()
    world.replica.session().delete(world.record().id)
    quiet({world.replica: world.peer})
    assert world.server.in_folder(world.calendar) == []
    assert world.replica.waiting.conflicts() == ()
    assert world.replica.status().conflicts == 0
    world.check()


def test_giving_up_a_refused_change_of_an_item_that_is_asked_about_takes_all_from_the_server(world: World) -> None:
    world.replica.policy = Policy(winner=Winner.ASK)
    stored = world.server.create(world.me, world.calendar, appointment())
    world.cycle()
    world.edit(world.record(), title=FORBIDDEN_WORD, location="Here")
    world.edit_there(stored.id, location="There")
    world.cycle()
    assert asked(world).fields == ("location",)
    (skipped,) = world.replica.waiting.skipped()
    world.replica.waiting.discard(skipped.id)
    quiet({world.replica: world.peer})
    assert world.replica.waiting.conflicts() == ()
    item = world.record().item
    assert isinstance(item, Appointment)
    assert (item.title, item.location) == ("Jour fixe", "There")
    world.check()


def test_two_that_meet_with_one_uid_and_other_content_are_asked_about(world: World) -> None:
    world.replica.policy = Policy(winner=Winner.ASK)
    world.cycle()
    later = appointment("Lunch", location="Canteen")
    later = msgspec.structs.replace(later, when=msgspec.structs.replace(later.when, end=later.when.end + timedelta(1)))
    world.replica.session().create(world.folder().id, appointment("Lunch"), ignore_conflicts=True)
    stored = world.server.create(world.me, world.calendar, later)
    quiet({world.replica: world.peer})
    assert asked(world).fields == ("when",)
    world.replica.waiting.decide(asked(world).id, Winner.MINE)
    quiet({world.replica: world.peer})
    item = world.server.items[stored.id].item
    assert isinstance(item, Appointment)
    assert (item.when.end, item.location) == (appointment().when.end, "Canteen")
    world.check()
