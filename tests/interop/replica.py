"""A connector of ours beside KDE: the replica of a user's account, driven through the command line."""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.support.commands import Server, User, passerelle


class ListedItem(msgspec.Struct, frozen=True):
    """The part of `list --json` that tests need; `id` is the replica's own number of the item."""

    id: int


class ReplicaFolder(msgspec.Struct, frozen=True):
    """The part of `folders --json` that tests need."""

    id: int
    name: str


class Replica:
    """A replica of one account. Each method runs one command."""

    def __init__(self, directory: Path, server: Server, user: User) -> None:
        """Adds the account and synchronises it for the first time."""
        self._data = directory / "replica"
        words = ("account", "add", server.url, "--login", user.login, "--password-stdin")
        passerelle(*words, data=self._data, stdin=user.password + "\n")
        self.sync()

    def sync(self) -> None:
        """Runs one cycle: fetches what changed, sends what is pending."""
        passerelle("sync", data=self._data)

    def folder_names(self) -> list[str]:
        """Returns the names of all folders."""
        text = passerelle("folders", "--json", data=self._data)
        return [folder.name for folder in msgspec.json.decode(text, type=list[ReplicaFolder])]

    def text(self, folder: str) -> str:
        """Returns a folder as iCalendar or vCards; `folder` is a name or an id."""
        return passerelle("export", folder, data=self._data)

    def find(self, folder: str, words: str) -> int:
        """Returns the replica's id of the one item of a folder that contains the words."""
        listed = msgspec.json.decode(passerelle("list", folder, "--json", data=self._data), type=list[msgspec.Raw])
        found = [msgspec.json.decode(raw, type=ListedItem).id for raw in listed if words.encode() in bytes(raw)]
        assert len(found) == 1, f"the replica's {folder} has {len(found)} items with {words!r}"
        return found[0]

    def add(self, kind: str, title: str, *words: str) -> None:
        """Adds an appointment, a contact or a task, with options of `passerelle add`, and synchronises."""
        passerelle("add", kind, title, *words, data=self._data)
        self.sync()

    def edit(self, item: int, *words: str) -> None:
        """Changes an item, with the options of `passerelle edit`, and synchronises."""
        passerelle("edit", str(item), *words, data=self._data)
        self.sync()

    def delete(self, item: int, *words: str) -> None:
        """Deletes an item or, with `--occurrence`, one day of a series, and synchronises."""
        passerelle("delete", str(item), *words, data=self._data)
        self.sync()
