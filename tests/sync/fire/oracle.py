"""What must hold after calm, whatever happened."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Final

from passerelle.model.errors import NotFound
from passerelle.model.items import Item, Task
from passerelle.sync.policy import Winner
from passerelle.sync.report import Subject
from passerelle.sync.scope import MODULES
from tests.sync.fire.edits import START
from tests.sync.fire.ledger import name_of
from tests.sync.fire.walk import Walk

_ROUNDS: Final = 14


def check(walk: Walk) -> None:
    """Bring all devices to rest, and see that all is well.

    Raises:
        AssertionError: it is not.
    """
    _choose_all(walk)
    walk.wait(2 * 24 * 3600)
    _settle(walk)
    while _decide(walk):
        _settle(walk)
    _check_sides(walk)
    _check_items(walk)
    walk.stage.deliver()
    assert not walk.stage.post.complaints, walk.stage.post.complaints
    _check_guest(walk)
    unsound = walk.stage.unsound()
    assert not unsound, unsound


def _decide(walk: Walk) -> bool:
    """Let every device discard what is set aside, and decide what waits; return whether there was anything."""
    found = False
    for number, device in enumerate(walk.stage.devices):
        for skipped in device.replica.waiting.skipped():
            walk.ledger.refused.add((skipped.title, number))
            with suppress(NotFound):  # it went with another one
                device.replica.waiting.discard(skipped.id)
            found = True
        for conflict in device.replica.waiting.conflicts():
            device.replica.waiting.decide(conflict.id, Winner.MINE if conflict.id % 2 else Winner.SERVER)
            found = True
    return found


def _choose_all(walk: Walk) -> None:
    """Have everything synchronised again, which is what can be compared."""
    for number, device in enumerate(walk.stage.devices):
        device.replica.modules = MODULES
        device.replica.past = None
        if number in walk.left:
            device.replica.want_slow_sync()


def _settle(walk: Walk) -> None:
    for _ in range(_ROUNDS):
        done = 0
        for number, device in enumerate(walk.stage.devices):
            result = device.cycle()
            walk.heard(number, result)
            done += result.total
        if not done:
            return
    raise AssertionError("The replicas and the server never come to rest.")


def _check_sides(walk: Walk) -> None:
    shown = {3: walk.stage.describe(3), 4: walk.stage.describe(4)}
    for number, device in enumerate(walk.stage.devices):
        here, there = walk.stage.describe(number), shown[3 + (number == 2)]
        assert here == there, f"replica {number} only {here - there}, server only {there - here}"
        result = device.cycle()
        assert (result.total, result.traffic.requests, result.reports) == (0, 2, ()), "nothing to do costs a look"


def _check_items(walk: Walk) -> None:
    decisions = walk.stage.decisions()
    walk.ledger.copied.update(one.title for _, one in decisions if one.kind == Subject.RESCUED)
    # whoever killed the process is not told, but finds it in the history
    walk.ledger.refused.update((one.title, device) for device, one in decisions if one.kind == Subject.TAKEN_BACK)
    for _, one in decisions:
        if one.kept is not None and one.lost is not None:
            walk.ledger.decided(one.kept, one.lost)
    there = {record.id: record for place in (3, 4) for record in walk.stage.all_records(place)}
    count = Counter((name_of(item), _start_of(item)) for item in (record.item for record in there.values()))
    twice = {name for (name, _), number in count.items() if number > 1 and name[0] not in walk.ledger.copied}
    twice -= {(title, key) for title, key in twice if key is not None and title in walk.ledger.parted}
    assert not twice, twice
    lost = walk.ledger.complaints(there.values())
    assert not lost, lost


def _check_guest(walk: Walk) -> None:
    """What somebody from elsewhere was told is what there is; of what is over, nobody is told."""
    if walk.stage.clock.now < START.timestamp() * 1000:
        told = walk.stage.post.guest.complaints(walk.stage.invitations())
        assert not told, told


def _start_of(item: Item) -> object:
    """What tells a task that is done from the one that takes its place."""
    return item.start if isinstance(item, Task) else None
