"""Two devices with any policies come to agree, and each value that lost is in the history and comes back by undo."""

from __future__ import annotations

from typing import NamedTuple

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Contradiction
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, ItemId
from passerelle.model.items import Contact, Item
from passerelle.sync.history.entries import Event, What
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.replica import Replica
from tests.sync.conftest import MakeReplica
from tests.sync.invariants import assert_in_step, quiet
from tests.sync.memory_peer import MemoryPeer
from tests.sync.memory_server import MemoryServer
from tests.sync.world import ME

pytestmark = pytest.mark.long

FIELDS = ("last_name", "company", "note")


class Edit(NamedTuple):
    """What one device does to one contact: a field's new value, or its deletion."""

    device: int
    contact: int
    field: str
    value: str | None


edits = st.lists(
    st.builds(
        Edit,
        st.integers(0, 1),
        st.integers(0, 2),
        st.sampled_from(FIELDS),
        st.sampled_from(["red", "green", "blue", None]),
    ),
    min_size=3,
    max_size=12,
)
winners = st.tuples(st.sampled_from(Winner), st.sampled_from(Winner))


def carry_out(replica: Replica, edit: Edit) -> None:
    with replica.store.reading() as tx:
        found = {one.item.uid: one for id_ in tx.items.ids(_contacts(replica)) for one in tx.items.several([id_], ME)}
    record = found.get(f"contact {edit.contact}")
    if record is None:
        return
    if edit.value is None:
        replica.session().delete(record.id, record.folder, module=Module.CONTACTS)
    else:
        replica.session().update(record.id, record.folder, lambda _: {edit.field: edit.value})


def _contacts(replica: Replica) -> FolderId:
    with replica.store.reading() as tx:
        return next(one.id for one in tx.folders.all() if one.is_default and one.module is Module.CONTACTS)


def decide_all(replica: Replica, winner: Winner) -> None:
    for conflict in replica.waiting.conflicts():
        replica.waiting.decide(conflict.id, winner)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edits, winners, st.sampled_from([Winner.SERVER, Winner.MINE]))
def test_devices_with_any_policies_come_to_agree_and_what_lost_comes_back(
    make_replica: MakeReplica, wanted: list[Edit], policies: tuple[Winner, Winner], answer: Winner
) -> None:
    server = MemoryServer()
    me = server.add_user(ME, "anton")
    folder = server.default_folder(me, Module.CONTACTS)
    for number in range(3):
        server.create(me, folder, Contact(last_name="black", uid=f"contact {number}"))
    replicas: dict[Replica, MemoryPeer] = {make_replica(): MemoryPeer(server, me) for _ in policies}
    for (replica, peer), winner in zip(replicas.items(), policies, strict=True):
        replica.policy = Policy(winner=winner)
        replica.cycle(peer)
    for edit in wanted:
        carry_out(list(replicas)[edit.device], edit)
    for _ in range(3):
        quiet(dict(replicas))
        for replica in replicas:
            decide_all(replica, answer)
    quiet(dict(replicas))
    assert_in_step(dict(replicas), server)
    for replica in replicas:
        assert replica.waiting.conflicts() == ()
        for event in replica.history.latest(200):
            if event.what is What.DECIDED and event.before is not None and event.after is not None:
                assert comes_back(replica, event)
    quiet(dict(replicas))
    assert_in_step(dict(replicas), server)


def comes_back(replica: Replica, event: Event) -> bool:
    """Whether undoing a conflict brings the values that lost, unless somebody chose others since."""
    before = present(replica, event.item)
    lost = differing(event.before, event.after)
    try:
        replica.history.undo(event.number)
    except Contradiction:
        return before is None or all(getattr(before, name) != getattr(event.after, name) for name in lost)
    now, kept = present(replica, event.item), event.after
    expected = [(name, value) for name, value in lost.items() if getattr(before, name) == getattr(kept, name)]
    return all(getattr(now, name) == value for name, value in expected)


def present(replica: Replica, item: ItemId) -> Item | None:
    with replica.store.reading() as tx:
        record = tx.items.get(item, ME)
    return None if record is None else record.item


def differing(one: Item | None, other: Item | None) -> dict[str, object]:
    assert one is not None
    names = (field.name for field in msgspec.structs.fields(type(one)))
    return {name: getattr(one, name) for name in names if getattr(one, name) != getattr(other, name)}
