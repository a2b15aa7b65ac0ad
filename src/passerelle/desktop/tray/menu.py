"""The menu of the icon, as a tree of entries. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Final
from urllib.parse import quote

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
    OPEN = "open"
    """Show a page of the desk."""
    QUIT = "quit"


class Order(Struct, frozen=True):
    """What a click has done, for an account or for all; ``page`` is the one that it opens."""

    verb: Verb
    account: str | None = None
    page: str = ""


class Entry(Struct, frozen=True):
    """A line of the menu: one with an order can be clicked, one with entries opens; an empty one separates."""

    text: Text = Text("")
    order: Order | None = None
    entries: tuple[Entry, ...] = ()


SEPARATOR = Entry()
UPDATE: Final = "/about#update"
_PAGES: Final = {
    Text("Status"): "",
    Text("Waits for you"): "/waiting",
    Text("New password"): "/password",
    Text("Settings"): "/settings",
    Text("Outlook"): "/outlook",
}
"""The pages of an account that the menu leads to."""


def menu_of(fleet: Fleet, installed: str) -> tuple[Entry, ...]:
    """The menu; ``installed`` is the version that the next start would run."""
    return (
        *_accounts(fleet),
        SEPARATOR,
        *_all(fleet),
        _page(Text("Show the calendar"), "/calendar"),
        _page(Text("About and manual"), "/about"),
        _version(installed),
        _quit(),
    )


def _accounts(fleet: Fleet) -> Iterator[Entry]:
    if fleet is None:
        yield Entry(NO_DAEMON)
    elif not fleet:
        yield _page(Text("Add an account"), "/sync/new")
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
    else:
        yield Entry(Text("Synchronise now"), Order(Verb.SYNC, name))
        if standing.state is State.PAUSED:
            yield Entry(Text("Go on"), Order(Verb.RESUME, name))
        else:
            yield Entry(Text("Pause"), Order(Verb.PAUSE, name))
        yield Entry(Text("Disable"), Order(Verb.DISABLE, name))
    yield SEPARATOR
    for text, path in _PAGES.items():
        yield _page(text, f"/sync{path}?account={quote(name)}")


def _page(text: Text, page: str) -> Entry:
    return Entry(text, Order(Verb.OPEN, page=page))


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
            Text("Version {new} is installed, {old} runs. Take it up", new=installed, old=__version__),
            Order(Verb.OPEN, page=UPDATE),
        )
    return Entry(Text("Update (this is version {version})", version=__version__), Order(Verb.OPEN, page=UPDATE))


def _quit() -> Entry:
    return Entry(Text("Remove this icon; accounts stay in step"), Order(Verb.QUIT))
