"""Steps of a walk: devices synchronise, and what may happen to that."""

from __future__ import annotations

from contextlib import suppress
from typing import Final

from tests.sync.fire.script import step
from tests.sync.fire.stage import DEVICES
from tests.sync.fire.walk import FAILURES, Walk
from tests.sync.fire.wire import Trouble

TROUBLES: Final = tuple(Trouble)
MINUTES: Final = (-3000, -90, -1, 1, 90, 3000)
DEVICE: Final = len(DEVICES)


@step(8, device=DEVICE)
def synchronise(walk: Walk, device: int) -> None:
    """All goes well."""
    walk.heard(device, walk.stage.devices[device].cycle())


@step(5, device=DEVICE, lost=8, doubled=4)
def hear(walk: Walk, device: int, lost: int, doubled: int) -> None:
    """The device is told of changes, of one in so many not, and looks at those folders; or is told it again later."""
    one = walk.stage.devices[device]
    news = [heard for number, heard in enumerate(walk.stage.news(device)) if number % 8 != lost]
    if doubled == 0:
        news += one.heard
    one.heard = news
    only = {heard.folder: heard.position for heard in news if heard.folder is not None}
    if only:
        walk.heard(device, one.cycle(only))


@step(4, device=DEVICE, trouble=len(TROUBLES), request=13, at=100)
def synchronise_in_trouble(walk: Walk, device: int, trouble: int, request: int, at: int) -> None:
    """Something happens to one of the requests."""
    with suppress(*FAILURES):
        walk.heard(device, walk.stage.strike(device, TROUBLES[trouble], request, at / 100))


@step(3, device=DEVICE, at=60, later=2)
def kill_while_synchronising(walk: Walk, device: int, at: int, later: int) -> None:
    """The process is killed somewhere: rather at the beginning, where most cycles are."""
    result = walk.stage.kill(device, at * (6 if later else 1))
    if result is not None:
        walk.heard(device, result)


@step(1, device=DEVICE, pages=5)
def synchronise_on_a_full_disk(walk: Walk, device: int, pages: int) -> None:
    """There is room for a few pages more."""
    one = walk.stage.devices[device]
    one.mortal.fill(pages)
    with suppress(*FAILURES):
        walk.heard(device, one.cycle())
    one.restart()


@step(1)
def restart_the_server(walk: Walk) -> None:
    """The server's process ends, and another begins."""
    walk.stage.restart_server()


@step(1, place=DEVICE + 1, minutes=len(MINUTES))
def a_clock_jumps(walk: Walk, place: int, minutes: int) -> None:
    """Some clock is set, forth or back."""
    clock = walk.stage.clock if place == DEVICE else walk.stage.devices[place].clock
    clock.jump(MINUTES[minutes] * 60)


@step(1)
def time_passes(walk: Walk) -> None:
    """Two days."""
    walk.wait(2 * 24 * 3600)
