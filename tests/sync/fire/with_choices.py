"""Steps of a walk: what people decide about that in which their devices and the server differ, and take back."""

from __future__ import annotations

from typing import Final

from passerelle.sync.deletions.held import Decision
from passerelle.sync.policy import Policy, Winner
from tests.sync.fire.ledger import title_of
from tests.sync.fire.script import PICK, step
from tests.sync.fire.walk import Walk, allowed, pick
from tests.sync.fire.with_devices import DEVICE

POLICIES: Final = (*(Policy(winner=winner) for winner in Winner), Policy(guard_items=1))


@step(1, device=DEVICE, policy=len(POLICIES))
def choose_policy(walk: Walk, device: int, policy: int) -> None:
    """Somebody has another side win from now on, or wants to be asked, about conflicts or about some deletions."""
    walk.stage.devices[device].replica.policy = POLICIES[policy]


@step(1, device=DEVICE)
def want_slow_sync(walk: Walk, device: int) -> None:
    """Somebody has all compared with the next cycle."""
    walk.stage.devices[device].replica.want_slow_sync()


@step(2, device=DEVICE, number=PICK, choice=3)
def decide_on_skipped(walk: Walk, device: int, number: int, choice: int) -> None:
    """Somebody does something about what was set aside: has it tried again, gives it up, or keeps a copy."""
    replica = walk.stage.devices[device].replica
    one = pick(replica.waiting.skipped(), number)
    if one is None:
        return
    if one.held:
        replica.waiting.confirm([str(one.id)], Decision.DELETE if choice else Decision.KEEP)
    elif choice == 0:
        replica.waiting.retry(one.id)
    elif choice == 1:
        walk.ledger.refused.add((one.title, device))
        replica.waiting.discard(one.id)
    elif allowed(lambda: replica.waiting.keep(one.id)):
        walk.ledger.copied.add(one.title)
        walk.ledger.refused.add((one.title, device))


@step(1, device=DEVICE, number=PICK, mine=2)
def decide_conflict(walk: Walk, device: int, number: int, mine: int) -> None:
    """Somebody who wants to be asked decides."""
    replica = walk.stage.devices[device].replica
    one = pick(replica.waiting.conflicts(), number)
    if one is not None:
        replica.waiting.decide(one.id, Winner.MINE if mine else Winner.SERVER)


@step(1, device=DEVICE)
def undo(walk: Walk, device: int) -> None:
    """Somebody takes back the last change that was made on a device."""
    before = {record.id: record.item for record in walk.stage.all_records(device)}
    if allowed(walk.stage.devices[device].replica.history.undo):
        after = {record.id: record.item for record in walk.stage.all_records(device)}
        changed = [one for id_, one in {**before, **after}.items() if before.get(id_) != after.get(id_)]
        walk.ledger.undone.update(title_of(one) for one in changed)
