"""Steps of a walk: what people decide about synchronisation, and about that in which both sides differ."""

from __future__ import annotations

from typing import Final

from passerelle.model.ids import FolderId
from passerelle.sync.deletions.held import Decision
from passerelle.sync.past.period import Period, Unit
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.scope import MODULES
from passerelle.sync.skipped.quarantine import FILES
from tests.sync.fire.script import PICK, step
from tests.sync.fire.walk import Walk, allowed, pick
from tests.sync.fire.with_devices import DEVICE

PERIODS: Final = (None, Period(1, Unit.DAY), Period(1, Unit.WEEK))
POLICIES: Final = (
    *(Policy(winner=winner) for winner in Winner),
    Policy(guard_items=1),
    Policy(guard_items=0, guard_share=0.0),
)


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
        if choice and one.item is None:  # whoever agrees has all deleted that is there
            _note_deletion(walk, device, one.folder)
        replica.waiting.confirm([str(one.id)], Decision.DELETE if choice else Decision.KEEP)
    elif choice == 0:
        replica.waiting.retry(one.id)
    elif choice == 1:
        if one.direction == FILES:  # those that could not be had are left there
            walk.left.add(device)
        walk.ledger.refused.add((one.title, device))
        replica.waiting.discard(one.id)
    elif allowed(lambda: replica.waiting.keep(one.id)):
        walk.ledger.copied.add(one.title)
        walk.ledger.refused.add((one.title, device))


def _note_deletion(walk: Walk, device: int, folder: FolderId) -> None:
    there = 3 + (device == 2)
    remote = walk.stage.remote_of(device, folder)
    for one in walk.stage.folders(there):
        if walk.stage.remote(there, one) == remote:
            for record in walk.stage.records(there, one):
                walk.ledger.deleted(record)


@step(1, device=DEVICE, number=PICK, mine=2)
def decide_conflict(walk: Walk, device: int, number: int, mine: int) -> None:
    """Somebody who wants to be asked decides."""
    replica = walk.stage.devices[device].replica
    one = pick(replica.waiting.conflicts(), number)
    if one is not None:
        replica.waiting.decide(one.id, Winner.MINE if mine else Winner.SERVER)


@step(1, device=DEVICE, number=PICK)
def compare_a_folder(walk: Walk, device: int, number: int) -> None:
    """Somebody has one folder compared with the next cycle."""
    folder = pick(walk.stage.folders(device), number)
    if folder is not None:
        walk.stage.devices[device].replica.want_slow_sync([folder.id])


@step(1, device=DEVICE, module=len(MODULES) + 1, removed=2)
def choose_modules(walk: Walk, device: int, module: int, removed: int) -> None:
    """Somebody leaves a module out, perhaps with what is here of it, or takes all again."""
    replica = walk.stage.devices[device].replica
    chosen = MODULES - {sorted(MODULES)[module]} if module < len(MODULES) else MODULES
    if replica.unsent_outside(chosen) == 0:
        replica.modules = chosen
        if removed:
            replica.remove_outside()


@step(1, device=DEVICE, period=len(PERIODS))
def choose_past(walk: Walk, device: int, period: int) -> None:
    """Somebody decides how far back appointments are kept on a machine."""
    walk.stage.devices[device].replica.past = PERIODS[period]
