"""What befalls an account is told, and overcome without anybody's help."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Event

from msgspec import structs

from passerelle.daemon.control.messages import State
from passerelle.daemon.listening import Listener
from passerelle.daemon.wishes import Wishes
from passerelle.model.errors import Unauthenticated
from passerelle.peers.base import Heard, Push, PushKind
from tests.daemon.conftest import Machine
from tests.support.waiting import eventually
from tests.sync.real_server import RealServer


def test_an_account_whose_replica_cannot_be_opened_begins_by_itself_once_it_can(
    machine: Machine, server: RealServer
) -> None:
    machine.add(server, "anton", "work")
    replica = machine.accounts.database_of(machine.accounts.get())
    hidden = replica.rename(replica.with_suffix(".away"))
    with machine.daemon() as control:
        broken = machine.comes_to("work", State.FAILING)
        assert "no store" in broken.message
        assert broken.next_try is not None
        hidden.rename(replica)
        control.sync()
        machine.comes_to("work", State.IN_STEP)


def test_an_account_that_is_removed_while_its_cycle_runs_is_gone_without_a_trace(
    machine: Machine, server: RealServer
) -> None:
    machine.add(server, "anton", "work")
    machine.add(server, "berta", "home")
    directory = machine.data / machine.accounts.get("work").directory
    with machine.daemon() as control:
        eventually(lambda: machine.standing("work").is_working, "its cycle runs")
        machine.accounts.remove("work")
        assert not directory.exists()
        eventually(lambda: [one.account for one in control.standings()] == ["home"], "it is not told of any more")
        machine.comes_to("home", State.IN_STEP)
    assert not directory.exists()
    assert machine.heard.failures == []


def test_an_account_that_is_disabled_while_its_cycle_runs_rests_and_is_gone_on_with_later(
    machine: Machine, server: RealServer
) -> None:
    machine.add(server, "anton", "work")
    with machine.daemon():
        eventually(lambda: machine.standing("work").is_working, "its cycle runs")
        machine.accounts.change("work", lambda account: structs.replace(account, enabled=False))
        resting = machine.comes_to("work", State.DISABLED)
        assert not resting.is_working
        machine.accounts.change("work", lambda account: structs.replace(account, enabled=True))
        machine.comes_to("work", State.IN_STEP)
    assert machine.heard.failures == []


class Refusing:
    """A peer whose stream of events refuses the password so many times."""

    kind = PushKind.EVENTS
    pause_s = 0.0

    def __init__(self, times: int) -> None:
        self.left = times
        self.asked = 0
        self.over = Event()

    def pushes(self) -> Sequence[Push]:
        return [self]

    def listen(self) -> Iterator[Sequence[Heard]]:
        self.asked += 1
        if self.left:
            self.left -= 1
            raise Unauthenticated("Login or password are wrong.")
        yield []
        self.over.wait(30)

    def hang_up(self) -> None:
        self.over.set()

    def close(self) -> None:
        pass


def test_a_refused_listener_waits_for_a_cycle_to_prove_the_password_and_listens_again() -> None:
    wishes, peer = Wishes(), Refusing(2)
    listener = Listener(lambda: peer, wishes, refused_pause_s=0.001)
    for asked in (1, 2):
        assert wishes.take(10).wanted.whole  # have the worker find out
        assert peer.asked == asked  # and nobody knocks again before it has
        listener.prove()
    assert wishes.take(10).push is PushKind.EVENTS
    listener.close()


def test_a_listener_whose_password_never_holds_is_closed_without_another_try() -> None:
    wishes, peer = Wishes(), Refusing(100)
    listener = Listener(lambda: peer, wishes, refused_pause_s=0.001)
    assert wishes.take(10).wanted.whole
    listener.close()
    listener._thread.join(10)
    assert not listener._thread.is_alive()
    assert peer.asked == 1
