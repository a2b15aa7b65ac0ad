"""The menu of the icon, as a tree of entries. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum

from msgspec import Struct

from passerelle import __version__
from passerelle.daemon.control.messages import Standing, State
from passerelle.desktop.tray.look import NO_DAEMON, Fleet, details, state_of
from passerelle.model.text import Text


class Verb(Enum):
    """What a click has done."""

    SYNC = "sync"
    PAUSE = "pause"
    RESUME = "resume"
    ENABLE = "enable"
    DISABLE = "disable"
    QUIT = "quit"


class Order(Struct, frozen=True):
    """What a click has done, for an account or for all."""

    verb: Verb
    account: str | None = None


class Entry(Struct, frozen=True):
    """A line of the menu: one with an order can be clicked, one with entries opens; an empty one separates."""

    text: Text = Text("")
    order: Order | None = None
    entries: tuple[Entry, ...] = ()


SEPARATOR = Entry()


def menu_of(fleet: Fleet, installed: str) -> tuple[Entry, ...]:
    """The menu; ``installed`` is the version that the next start would run."""
    return (*_accounts(fleet), SEPARATOR, *_all(fleet), _version(installed), _quit())


def _accounts(fleet: Fleet) -> Iterator[Entry]:
    if fleet is None:
        yield Entry(NO_DAEMON)
    elif not fleet:
        yield Entry(Text("There is no account yet. Add one with “passerelle account add”."))
    for one in fleet or ():
        title = Text("{name}: {text}", name=one.account, text=state_of(one))
        yield Entry(title, entries=tuple(_account(one)))


def _account(standing: Standing) -> Iterator[Entry]:
    last = standing.last_success
    for text in details(standing, None if last is None else _local(last)):
        yield Entry(text)
    yield SEPARATOR
    name = standing.account
    if standing.state is State.DISABLED:
        yield Entry(Text("Enable"), Order(Verb.ENABLE, name))
        return
    yield Entry(Text("Synchronise now"), Order(Verb.SYNC, name))
    if standing.state is State.PAUSED:
        yield Entry(Text("Go on"), Order(Verb.RESUME, name))
    else:
        yield Entry(Text("Pause"), Order(Verb.PAUSE, name))
    yield Entry(Text("Disable"), Order(Verb.DISABLE, name))


def _local(moment: datetime) -> datetime:
    return moment.astimezone()


def _all(fleet: Fleet) -> Iterator[Entry]:
    enabled = [one for one in fleet or () if one.state is not State.DISABLED]
    if enabled:
        yield Entry(Text("Synchronise all now"), Order(Verb.SYNC))
        if any(one.state is not State.PAUSED for one in enabled):
            yield Entry(Text("Pause all"), Order(Verb.PAUSE))
        if any(one.state is State.PAUSED for one in enabled):
            yield Entry(Text("Go on with all"), Order(Verb.RESUME))
        yield SEPARATOR


def _version(installed: str) -> Entry:
    if installed != __version__:
        return Entry(
            Text(
                "Version {new} is installed, {old} runs. Log in again, or: passerelle service install",
                new=installed,
                old=__version__,
            )
        )
    return Entry(Text("Version {version}", version=__version__))


def _quit() -> Entry:
    return Entry(Text("Remove this icon; accounts stay in step"), Order(Verb.QUIT))
