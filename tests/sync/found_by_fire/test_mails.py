"""What the random walks have found: what people are told by mail."""

from __future__ import annotations

from tests.sync.fire.edits import GUEST, START, user
from tests.sync.fire.stage import Stage
from tests.sync.found_by_fire.telling import ANNA_THERE, BEN, come_to_rest, folder, item


def test_a_guest_is_not_told_twice_that_an_occurrence_is_off_which_was_on_again_in_between(stage: Stage) -> None:
    anna = stage.users[0]
    name, title = f"Team of {anna}", f"calendar of team {anna}"
    there, here = folder(stage, ANNA_THERE, name), folder(stage, BEN, name, owner=anna)
    series, people = item(stage, ANNA_THERE, there, title), {"participants": (user(anna), GUEST)}
    session, change = stage.session(ANNA_THERE), {"note": "in the other room"}
    session.update(series.id, there.id, lambda _: people, ignore_conflicts=True)
    session.delete_occurrence(series.id, there.id, START.date())
    stage.deliver()
    known = item(stage, BEN, here, title)
    stage.session(BEN).change_occurrence(known.id, here.id, START.date(), lambda _: change, ignore_conflicts=True)
    come_to_rest(stage)
    assert [one.item.note for one in stage.records(ANNA_THERE, there) if one.master] == ["in the other room"]
