"""What Outlook tells by itself (section 1), in folders of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import ClassVar

from passerelle.peers.outlook.constants import DefaultFolder
from passerelle.peers.outlook.objects import Folder
from passerelle.peers.outlook.patience import unwrapped
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Part, ask, nobody_asks
from passerelle.peers.outlook.selftest.verdicts import Findings, found

_WAIT_S = 2.0
"""How long events are waited for."""
_MANY = 20


class _OfItems:
    """Notes what it is told of a folder's items."""

    source: ClassVar[str] = "Items"

    def __init__(self) -> None:
        self.heard: list[str] = []

    def OnItemAdd(self, _item: object) -> None:  # noqa: N802 - Outlook's name, as below
        self.heard.append("add")

    def OnItemChange(self, _item: object) -> None:  # noqa: N802
        self.heard.append("change")

    def OnItemRemove(self) -> None:  # noqa: N802
        self.heard.append("remove")


class _OfFolder:
    """Notes what is about to leave a folder, and where it goes."""

    source: ClassVar[str] = "Folder"

    def __init__(self) -> None:
        self.goals: list[bool] = []

    def OnBeforeItemMove(self, _item: object, goal: object, _cancel: object) -> None:  # noqa: N802 - Outlook's name
        self.goals.append(goal is not None)


@contextmanager
def _listening(bench: Bench, folder: Folder) -> Iterator[tuple[_OfItems, _OfFolder]]:
    sinks = _OfItems(), _OfFolder()
    connect = bench.surroundings.ears.connect
    connections = connect(unwrapped(folder.Items), sinks[0]), connect(unwrapped(folder), sinks[1])
    try:
        yield sinks
    finally:
        for each in connections:
            each.close()


def _saved(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    with _listening(bench, folder) as (of_items, _):
        item = bench.saved(folder)
        item.Subject = "Another"
        item.Save()
        before = len(of_items.heard)
        bench.pump.wait(_WAIT_S)
        yield found("events-pumped", "saved an item twice: events before messages are pumped", before, 0)
        yield found("events-echo", "events after that", of_items.heard, ("add", "change"))


def _deleted(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    item = bench.saved(folder)
    with _listening(bench, folder) as (of_items, of_folder):
        item.Delete()
        bench.pump.wait(_WAIT_S)
        yield found("events-deletion", "deleted an item: told beforehand, with where it goes", of_folder.goals, (True,))
        yield found("events-deletion", "and told afterwards", of_items.heard, ("remove",))


def _many(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    item = bench.saved(folder)
    with _listening(bench, folder) as (of_items, _):
        for _number in range(_MANY):
            item.Copy()
        bench.pump.wait(_WAIT_S)
        yield found("events-many", f"copied an item {_MANY} times: told of so many", of_items.heard.count("add"), _MANY)


PART = Part(
    "Events",
    (
        ask(
            _saved,
            events_pumped="Events come only when messages are pumped.",
            events_echo="Who saves an item hears of it, too: first that it is new, then that it changed.",
        ),
        ask(_deleted, events_deletion="A deletion is told before, with where the item goes, and after."),
        ask(_many, events_many="Of many items that come together each is told."),
    ),
    (
        nobody_asks(
            "events-pasted", "Items that a user pastes are told over a while, or not at all.", "it takes a user"
        ),
        nobody_asks("events-source", "Events fall silent with the object that tells them.", "we keep it as we should"),
        nobody_asks("mail-asked", "Who listens is asked before a mail about a meeting leaves.", "nothing is sent"),
    ),
)
