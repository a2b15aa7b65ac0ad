"""What comes into a reader's reach and what goes out of it though no object changes (OX reference, 4 and 7)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser

OWN, ALL = "4/2/2/2", "4/4/4/4"


def _share(folder: Folder, *rights: ox.Xml) -> None:
    permissions = ox.together(ox.owner(folder.user.id), *rights)
    folder.user.write_well("folders", object_id=folder.id, permissions=permissions)


def _shared(anna: OxUser, ben: OxUser, title: str, levels: str, module: str = "contact") -> tuple[Folder, Folder]:
    mine = anna.make_folder(module, title, ox.right(ben.id, levels))
    return mine, mine.seen_by(ben)


def _news(folder: Folder, since: Response) -> list[int]:
    """What a client asks for that knows an object as its newest."""
    return folder.live(since.last_modified - 1)


def test_with_a_wider_read_right_the_old_objects_come_too(anna: OxUser, ben: OxUser, title: str) -> None:
    mine, bens = _shared(anna, ben, title, OWN)
    old, own = mine.create(last_name="Anna's"), bens.create(last_name="Ben's")
    assert bens.live() == [own.id]

    _share(mine, ox.right(ben.id, ALL))

    assert sorted(_news(bens, own)) == [old.id, own.id]
    assert bens.gone(own.last_modified - 1) == []


def test_with_a_narrower_read_right_the_others_objects_are_deletions(anna: OxUser, ben: OxUser, title: str) -> None:
    mine, bens = _shared(anna, ben, title, ALL)
    foreign, own = mine.create(last_name="Anna's"), bens.create(last_name="Ben's")

    _share(mine, ox.right(ben.id, OWN))

    assert bens.gone(own.last_modified - 1) == [foreign.id]
    assert _news(bens, own) == [own.id]
    assert sorted(mine.live()) == [foreign.id, own.id]
    assert mine.gone() == []


def test_a_right_that_was_narrower_for_a_while_only_takes_nothing_away(anna: OxUser, ben: OxUser, title: str) -> None:
    mine, bens = _shared(anna, ben, title, ALL)
    foreign, own = mine.create(last_name="Anna's"), bens.create(last_name="Ben's")
    for levels in (OWN, ALL):
        _share(mine, ox.right(ben.id, levels))

    assert bens.gone(own.last_modified - 1) == []
    assert foreign.id in _news(bens, own)


def test_a_right_through_a_group_widens_the_reach_too(anna: OxUser, ben: OxUser, title: str, team: int) -> None:
    mine, bens = _shared(anna, ben, title, OWN)
    old, own = mine.create(last_name="Anna's"), bens.create(last_name="Ben's")

    _share(mine, ox.right(ben.id, OWN), ox.right(team, "2/4/0/0", kind="group"))

    assert sorted(_news(bens, own)) == [old.id, own.id]


def test_another_change_of_rights_sends_nothing_anew(anna: OxUser, ben: OxUser, title: str) -> None:
    mine, bens = _shared(anna, ben, title, ALL)
    mine.create(last_name="Old")
    newest = mine.create(last_name="Newest")

    _share(mine, ox.right(ben.id, "8/4/4/0"))

    assert _news(bens, newest) == [newest.id]


@pytest.mark.parametrize("module", ["calendar", "contact", "task"])
def test_the_deletion_of_a_private_object_is_told_to_nobody_else(
    anna: OxUser, ben: OxUser, title: str, module: str
) -> None:
    mine, bens = _shared(anna, ben, title, ALL, module)
    thing = mine.create(**_something(module), private_flag=True)
    seen = mine.create(**_something(module))

    mine.delete(thing)
    mine.delete(seen)

    assert mine.gone() == [thing.id, seen.id]
    assert bens.gone() == [seen.id]


def test_an_object_that_turned_private_before_it_was_deleted_is_a_deletion(
    anna: OxUser, ben: OxUser, title: str
) -> None:
    mine, bens = _shared(anna, ben, title, ALL)
    thing = mine.create(last_name="Open at first")
    mine.delete(mine.update(thing, private_flag=True))

    assert bens.gone(thing.last_modified - 1) == [thing.id]


def test_a_private_object_that_moves_away_leaves_no_trace_for_others(anna: OxUser, ben: OxUser, title: str) -> None:
    mine, bens = _shared(anna, ben, title, ALL)
    thing = mine.create(last_name="Secret", private_flag=True)

    mine.update(thing, folder=anna.default("contact").id)

    assert mine.gone() == [thing.id]
    assert bens.gone() == []


def test_a_private_object_stays_unknown_when_the_read_right_narrows(anna: OxUser, ben: OxUser, title: str) -> None:
    mine, bens = _shared(anna, ben, title, ALL)
    mine.create(last_name="Secret", private_flag=True)
    own = bens.create(last_name="Ben's")

    _share(mine, ox.right(ben.id, OWN))

    assert bens.gone(own.last_modified - 1) == []


def _something(module: str) -> dict[str, ox.Value]:
    if module == "contact":
        return {"last_name": "Somebody"}
    start = ox.ms("2041-05-06 09:00")
    return {"title": "Something"} | (
        {} if module == "task" else {"start_date": start, "end_date": start + ox.HOUR, "shown_as": 4}
    )
