"""Carries out what was clicked, and follows how accounts fare; in threads, for a click must not wait for a server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final, assert_never

from passerelle.daemon.control.client import Control, NoDaemon
from passerelle.desktop.tray.look import Fleet
from passerelle.desktop.tray.menu import Order, Verb
from passerelle.model.errors import PasserelleError
from passerelle.model.text import Text

RETRY_S: Final = 2.0
"""How soon a daemon that was started is found."""


def carry_out(
    data: Path, order: Order, complain: Callable[[str, Text], None], open_page: Callable[[str], None]
) -> None:
    """Begin to do what was clicked; ``complain`` is told, with the account's name, what could not be done.

    ``open_page`` shows a page of the desk.
    """

    def run() -> None:
        try:
            _carry_out(data, order, open_page)
        except PasserelleError as error:
            complain(order.account or "", error.text)

    Thread(target=run, name=f"order {order.verb.value}", daemon=True).start()


def _carry_out(data: Path, order: Order, open_page: Callable[[str], None]) -> None:
    control = Control(data)
    match order.verb:
        case Verb.SYNC:
            control.sync(order.account)
        case Verb.PAUSE:
            control.pause(order.account)
        case Verb.RESUME:
            control.resume(order.account)
        case Verb.ENABLE | Verb.DISABLE:
            _switch(data, order.account or "", is_on=order.verb is Verb.ENABLE)
        case Verb.OPEN:
            open_page(order.page)
        case Verb.QUIT:
            pass
        case _:
            assert_never(order.verb)


def _switch(data: Path, name: str, *, is_on: bool) -> None:
    """The daemon notices by itself."""
    from passerelle.sync.accounts.enabling import disable, enable  # noqa: PLC0415 - loads the database, for a rare click
    from passerelle.sync.accounts.registry import Accounts  # noqa: PLC0415 - as above

    (enable if is_on else disable)(Accounts(data), name)


@contextmanager
def following(data: Path, show: Callable[[Fleet], None]) -> Iterator[None]:
    """Tell ``show`` how accounts fare, now and whenever that changes, while the block runs."""
    over = Event()

    def run() -> None:
        while not over.is_set():
            try:
                for standings in Control(data).follow():
                    if over.is_set():
                        return
                    show(standings)
            except NoDaemon:
                show(None)
            over.wait(RETRY_S)

    Thread(target=run, name="follower", daemon=True).start()
    try:
        yield
    finally:
        over.set()
