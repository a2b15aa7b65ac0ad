"""When each folder was last in step, and since when an account is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from passerelle.model.errors import PasserelleError, Unauthenticated, Unreachable
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Task
from passerelle.peers.base import RemoteId
from passerelle.sync.successes import Successes, note_success, note_trouble, successes
from tests.sync.real_server import RealServer

BOOK, PLANS, TODO = FolderId(31), FolderId(32), FolderId(33)
START = datetime(2026, 11, 28, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def test_a_folder_that_fails_keeps_its_last_success_and_the_others_go_on() -> None:
    known = Successes().after_whole(at(1), []).after_whole(at(2), [BOOK])
    assert (known.of_folder(BOOK), known.of_folder(PLANS)) == (at(1), at(2))
    known = known.after(at(3), [PLANS], []).after_whole(at(4), [BOOK])
    assert (known.of_folder(BOOK), known.of_folder(PLANS)) == (at(1), at(4))
    assert known.after_whole(at(5), []).of_folder(BOOK) == at(5)


def test_a_folder_that_was_looked_at_alone_is_ahead_of_the_others() -> None:
    known = Successes().after_whole(at(1), [TODO]).after(at(2), [BOOK, PLANS], [PLANS])
    assert known.of_folder(BOOK) == known.last == at(2)
    assert known.of_folder(PLANS) == at(1)
    assert known.of_folder(TODO) is None
    assert known.after(at(3), [TODO], []).of_folder(TODO) == at(3)


def test_what_is_kept_does_not_grow_with_the_folders_that_are_fine() -> None:
    known = Successes().after(at(1), [FolderId(n) for n in range(100)], [])
    assert known.after_whole(at(2), []) == Successes(whole=at(2))


def test_trouble_of_one_kind_is_told_since_it_began_and_ends_with_success(server: RealServer) -> None:
    device = server.device("anton")
    errors: list[tuple[int, PasserelleError]] = [
        (1, Unreachable("The server does not answer.")),
        (5, Unreachable("The server broke off.")),
        (9, Unauthenticated("Login or password are wrong.")),
    ]
    told = []
    for minute, error in errors:
        with device.replica.store.writing(device.replica.membership.user, "test") as tx:
            note_trouble(tx, at(minute), error)
            trouble = successes(tx).trouble
            assert trouble is not None
            told.append((trouble.since, trouble.exit_code))
    assert told == [(at(1), 10), (at(1), 10), (at(9), 9)]
    with device.replica.store.writing(device.replica.membership.user, "test") as tx:
        note_success(tx, at(10), None, [])
        assert successes(tx).trouble is None


def test_a_cycle_notes_what_was_in_step_and_one_that_breaks_off_since_when(server: RealServer) -> None:
    device = server.device("anton")
    device.cycle()
    first = device.replica.successes()
    folder = device.folder(Module.TASKS)
    device.session.create(folder.id, Task(title="Bread"))
    with device.replica.store.reading() as tx:
        link = tx.sync.folder_link(folder.id)
    assert link is not None
    device.replica.cycle(device.peer, only={RemoteId(link.remote): None})
    after = {one.id: one.last_success for one in device.replica.status().folders}
    assert after.pop(folder.id) == device.replica.successes().last
    assert set(after.values()) == {first.whole}
    wrong = server.connect("anton", "wrong")
    with pytest.raises(Unauthenticated):
        device.replica.cycle(wrong)
    wrong.close()
    trouble = device.replica.successes().trouble
    assert trouble is not None
    assert trouble.exit_code == Unauthenticated.exit_code
    device.cycle()
    assert device.replica.successes().trouble is None
