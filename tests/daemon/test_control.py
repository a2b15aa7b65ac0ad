"""Other processes of the same user ask a daemon, and tell it what to do."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest
from msgspec import structs

from passerelle.daemon.control.client import CannotDo, Control, NoDaemon
from passerelle.daemon.control.doors import knock
from passerelle.daemon.control.messages import Failure, State
from passerelle.daemon.control.server import LONGEST_REQUEST
from passerelle.daemon.control.unix_door import NAME
from passerelle.model.errors import Unauthenticated
from passerelle.peers.base import PushKind
from passerelle.sync.report import CycleResult, Progress
from tests.daemon.conftest import Machine, MakeMachine, change_password
from tests.support.waiting import eventually
from tests.sync.real_server import RealServer

NOBODY = 65534


# --- how accounts fare ---


def test_a_daemon_says_how_each_account_fares(watched: Machine) -> None:
    eventually(lambda: watched.standing("work").push is PushKind.EVENTS, "push stands")
    standing = watched.standing("work")
    assert standing.state is State.IN_STEP
    assert standing.last_success is not None
    assert standing.next_try is not None
    assert (standing.pending, standing.skipped, standing.conflicts, standing.held) == (0, 0, 0, 0)


def test_whoever_follows_hears_of_each_change_as_it_happens(watched: Machine) -> None:
    told = iter(watched.control.follow())
    assert next(told)[0].state is State.IN_STEP
    watched.control.pause()
    assert any(accounts[0].state is State.PAUSED for accounts in told)


def test_what_waits_is_counted_while_the_account_is_paused(watched: Machine) -> None:
    watched.control.pause("work")
    watched.comes_to("work", State.PAUSED)
    watched.writes_task("work", "Bread")
    watched.writes_task("work", "Cheese")
    eventually(lambda: watched.standing("work").pending == 2, "both are counted")
    watched.control.resume("work")
    eventually(lambda: watched.standing("work").pending == 0, "both are sent")
    assert watched.comes_to("work", State.IN_STEP).next_try is not None


def test_a_disabled_account_is_told_of_as_such(machine: Machine, server: RealServer) -> None:
    machine.add(server, "anton", "work")
    machine.add(server, "berta", "home")
    machine.accounts.change("home", lambda account: structs.replace(account, enabled=False))
    with machine.daemon() as control:
        assert [one.account for one in control.standings()] == ["work", "home"]
        machine.comes_to("home", State.DISABLED)
        assert control.sync().disabled == ("home",)


# --- cycles that are asked for ---


def test_a_cycle_that_is_asked_for_is_run_and_answered_with_its_result(watched: Machine) -> None:
    watched.control.pause()
    watched.comes_to("work", State.PAUSED)
    watched.writes_task("work", "Bread")
    outcome = watched.control.sync().outcomes["work"]
    assert isinstance(outcome, CycleResult)
    assert outcome.total == 1
    assert watched.standing("work").state is State.PAUSED


def test_progress_is_told_to_whoever_wants_to_see_it(machine: Machine, server: RealServer) -> None:
    seen: list[str] = []

    class Eyes:
        def accepted(self, accounts: tuple[str, ...]) -> None:
            seen.extend(accounts)

        def progress(self, account: str, at: Progress) -> None:
            seen.append(at.phase)

    machine.add(server, "anton", "work")
    with machine.daemon() as control:
        control.sync(watcher=Eyes())
    assert seen[0] == "work"
    assert "directory" in seen


def test_a_cycle_that_fails_is_answered_with_the_reason_and_its_exit_code(watched: Machine, server: RealServer) -> None:
    change_password(server, "anton", "another secret")
    outcome = watched.control.sync("work").outcomes["work"]
    assert isinstance(outcome, Failure)
    assert outcome.exit_code == Unauthenticated.exit_code
    standing = watched.comes_to("work", State.REFUSED)
    assert standing.message == outcome.message
    assert standing.next_try is None


def test_what_the_daemon_does_not_watch_it_declines(machine: Machine, server: RealServer) -> None:
    machine.add(server, "anton", "work")
    machine.add(server, "berta", "home")
    with machine.daemon("work") as control:
        assert [one.account for one in control.standings()] == ["work"]
        assert control.sync("work").outcomes.keys() == {"work"}
        for ask in (control.sync, control.pause, control.resume):
            with pytest.raises(CannotDo, match="home"):
                ask("home")
        with pytest.raises(CannotDo, match="home"):
            control.sync()


def test_a_daemon_that_ends_in_the_middle_says_so_by_hanging_up(machine: Machine, server: RealServer) -> None:
    machine.add(server, "anton", "work")
    with machine.daemon() as control:
        told = control.follow()
        next(told)
    with pytest.raises(NoDaemon):
        list(told)
    with pytest.raises(NoDaemon):
        control.standings()
    assert not (machine.data / NAME).exists()


# --- who gets in ---


def test_the_socket_is_for_its_owner_alone(watched: Machine) -> None:
    assert (watched.data / NAME).stat().st_mode & 0o777 == 0o600
    assert not list(watched.data.glob(f".{NAME}-*"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("mode", [0o600, 0o666])
def test_another_user_does_not_get_in_even_if_the_mode_were_wrong(watched: Machine, mode: int) -> None:
    (watched.data / NAME).chmod(mode)
    for directory in (watched.data, *watched.data.parents):
        directory.chmod(directory.stat().st_mode | 0o055)
    assert _as_nobody(watched.data / NAME) == b""
    assert watched.standing("work").state is State.IN_STEP


def _as_nobody(path: Path) -> bytes:
    """What a process of another user gets to read from a socket after asking for the status."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # nothing but system calls: the other threads are not here
        os.setgroups([])
        os.setuid(NOBODY)
        answer = b""
        try:
            with socket.socket(socket.AF_UNIX) as line:
                line.settimeout(10)
                line.connect(str(path))
                line.sendall(b'{"type":"status"}\n')
                answer = line.recv(100)
        except OSError:
            pass
        finally:
            os.write(writer, answer)
            os._exit(0)
    os.close(writer)
    os.waitpid(child, 0)
    with os.fdopen(reader, "rb") as found:
        return found.read()


def test_the_socket_of_a_killed_daemon_is_replaced(machine: Machine, server: RealServer) -> None:
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(machine.data / NAME))
    with pytest.raises(NoDaemon):
        machine.control.standings()
    machine.add(server, "anton", "work")
    with machine.daemon() as control:
        assert control.standings()[0].account == "work"


def test_a_directory_with_a_very_long_name_is_no_obstacle(tmp_path: Path, make_machine: MakeMachine) -> None:
    machine = make_machine()
    machine.data = tmp_path / ("long " * 30)
    machine.data.mkdir()
    with machine.daemon() as control:
        assert control.standings() == ()


# --- nonsense ---


NONSENSE = (
    b"\n",
    b"status\n",
    b"[]\n",
    b"{}\n",
    b'{"type":"explode"}\n',
    b'{"type":"sync","account":7}\n',
    b'{"type":"pause","account":["work"]}\n',
    b"\xff\xfe\x00\n",
    b"[" * 5000 + b"\n",
)


def test_nonsense_is_answered_with_an_error_and_harms_nothing(watched: Machine) -> None:
    with knock(watched.data) as line, line.makefile("rb") as answers:
        line.settimeout(10)
        for nonsense in NONSENSE:
            line.sendall(nonsense)
            assert b'"declined"' in answers.readline(), nonsense
        line.sendall(b'{"type":"status"}\n')
        assert b'"in step"' in answers.readline()
    assert watched.standing("work").state is State.IN_STEP


def test_a_line_without_end_is_not_read_to_its_end(watched: Machine) -> None:
    with knock(watched.data) as line, line.makefile("rb") as answers:
        line.settimeout(10)
        line.sendall(b"x" * LONGEST_REQUEST)
        assert b'"declined"' in answers.readline()
        assert answers.readline() == b""
    assert Control(watched.data).standings()[0].state is State.IN_STEP


def test_whoever_hangs_up_in_the_middle_harms_nothing(watched: Machine) -> None:
    for half in (b"", b'{"type":"sta', b'{"type":"follow"}\n', b'{"type":"sync"}\n'):
        with knock(watched.data) as line:
            line.sendall(half)
    assert isinstance(watched.control.sync().outcomes["work"], CycleResult)
