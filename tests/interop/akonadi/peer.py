"""Drives KDE's Open-Xchange resource: an account as KDE sees it, and the changes that its user makes.

with AkonadiPeer(built()) as akonadi:
    kde = akonadi.connect("http://127.0.0.1:8080/", "ada", "secret")
    card = kde.create_item(kde.tree().folder("Contacts"), CONTACT, "BEGIN:VCARD...")
"""

from __future__ import annotations

import select
import subprocess
from types import TracebackType
from typing import Final, Self, TypeVar

import msgspec

from tests.interop.akonadi import faults
from tests.interop.akonadi.build import Binaries
from tests.interop.akonadi.sandbox import AGENT, PeerError, Sandbox

CONTACT: Final = "text/directory"
DISTRIBUTION_LIST: Final = "application/x-vnd.kde.contactgroup"
EVENT: Final = "application/x-vnd.akonadi.calendar.event"
TASK: Final = "application/x-vnd.akonadi.calendar.todo"

PATIENCE_S: Final = 45.0
BUILT_IN_FOLDERS: Final = frozenset({"", "0", "1", "2", "3", "4"})
Result = TypeVar("Result")

AGENT_MANAGER: Final = ("org.freedesktop.Akonadi.Control", "/AgentManager")
SETTINGS: Final = "org.kde.Akonadi.OpenXchange.Settings"
RECONFIGURE: Final = "org.freedesktop.Akonadi.Agent.Control.reconfigure"


class NotAcknowledged(PeerError):
    """KDE stored no answer of the server to a change in the time given: refused, lost or still under way.

    KDE keeps a refusal to itself. Of an appointment, look first for another one at the same time.
    """


class KdeFolder(msgspec.Struct, frozen=True):
    """A folder in Akonadi. `remote_id` is the server's object_id, `parent` the Akonadi id of its parent."""

    id: int
    parent: int
    remote_id: str
    remote_revision: str
    title: str
    rights: int
    mimes: tuple[str, ...]


class KdeItem(msgspec.Struct, frozen=True):
    """An item in Akonadi; the payload is an iCalendar, a vCard or KDE's XML of a distribution list."""

    id: int
    remote_id: str
    remote_revision: str
    mime: str
    folder: int
    payload: str


class Tree(msgspec.Struct, frozen=True):
    """All folders and items of an account, at one moment."""

    folders: tuple[KdeFolder, ...]
    items: tuple[KdeItem, ...]

    def folder(self, title: str) -> KdeFolder:
        """Returns the one folder of that title; fails the test if there is none or more than one."""
        found = [folder for folder in self.folders if faults.shown_title(folder.title) == title]
        assert len(found) == 1, f"KDE has {len(found)} folders {title!r}: {[f.title for f in self.folders]}"
        return found[0]

    def folder_of(self, remote_id: str) -> KdeFolder | None:
        """Returns the folder with that object_id, or None."""
        return next((folder for folder in self.folders if folder.remote_id == remote_id), None)

    def items_in(self, folder: KdeFolder) -> tuple[KdeItem, ...]:
        """Returns the items of a folder."""
        return tuple(item for item in self.items if item.folder == folder.id)

    def item_of(self, remote_id: str) -> KdeItem | None:
        """Returns the item with that object_id, or None."""
        return next((item for item in self.items if item.remote_id == remote_id), None)

    def item_with(self, text: str) -> KdeItem:
        """Returns the one item whose payload contains the text; fails the test otherwise."""
        found = [item for item in self.items if text in item.payload]
        assert len(found) == 1, f"KDE has {len(found)} items with {text!r}"
        return found[0]


class _Answer(msgspec.Struct, frozen=True):
    result: msgspec.Raw = msgspec.Raw(b"{}")
    error: str | None = None


class _ItemChange(msgspec.Struct, frozen=True):
    acknowledged: bool
    item: KdeItem


class _FolderChange(msgspec.Struct, frozen=True):
    acknowledged: bool
    folder: KdeFolder


class AkonadiPeer:
    """A running Akonadi in a sandbox of its own; a context manager. Starting takes half a second."""

    def __init__(self, binaries: Binaries, zone: str = "UTC") -> None:
        """Prepares a sandbox in a time zone; `binaries` come from `build.built()`."""
        self._binaries = binaries
        self._sandbox = Sandbox(binaries.shim, zone)

    def __enter__(self) -> Self:
        """Starts everything; see `Sandbox.start` for the errors."""
        try:
            self._sandbox.start()
            self._helper = _Helper(self._sandbox, self._binaries)
        except BaseException:
            self._sandbox.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Ends all processes and removes all files."""
        self._helper.close()
        self._sandbox.stop()

    def connect(self, url: str, login: str, password: str, *, patience_s: float = PATIENCE_S) -> KdeAccount:
        """Sets up an Open-Xchange account and returns it once its first synchronisation is complete.

        Raises:
            PeerError: no folder of the account arrived in time (wrong password, unreachable, refused).
        """
        account = KdeAccount(self._sandbox, self._helper, self._new_resource())
        account.configure(url, login, password)
        self._sandbox.wait_for(account.has_folders, f"KDE shows folders of {login} at {url}", patience_s=patience_s)
        account.synchronise()
        return account

    def _new_resource(self) -> str:
        resource = self._sandbox.dbus(*AGENT_MANAGER, "createAgentInstance", AGENT)
        service = _service_of(resource)
        self._sandbox.wait_for(
            lambda: self._sandbox.has_service(service), f"{service} is on the bus", patience_s=PATIENCE_S
        )
        return resource


class KdeAccount:
    """One Open-Xchange account in Akonadi."""

    def __init__(self, sandbox: Sandbox, helper: _Helper, resource: str) -> None:
        """Made by `AkonadiPeer.connect`."""
        self._sandbox = sandbox
        self._helper = helper
        self._resource = resource

    def configure(self, url: str, login: str, password: str) -> None:
        """Stores the account's settings, which makes the resource fetch users, folders and items anew."""
        self._set("setBaseUrl", url)
        self._set("setUsername", login)
        self._set("setPassword", password)
        self._set("setUseIncrementalUpdates", "true")
        self._set("save")
        self._sandbox.dbus(_service_of(self._resource), "/", RECONFIGURE)

    def has_folders(self) -> bool:
        """Tells whether a folder arrived beside those that the resource makes up itself (ids 0 to 4)."""
        return any(folder.remote_id not in BUILT_IN_FOLDERS for folder in self.tree().folders)

    def synchronise(self, *, patience_s: float = PATIENCE_S) -> None:
        """Sends what is waiting, fetches what changed, and returns when all of it is done."""
        self._sandbox.wait_for(lambda: self.status() == "0", f"{self._resource} is idle", patience_s=patience_s)
        self._helper.ask("synchronise", patience_s, dict, resource=self._resource)

    def status(self) -> str:
        """Returns Akonadi's number for the state: 0 idle, 1 running, 2 broken, 3 not configured."""
        return self._sandbox.dbus(*AGENT_MANAGER, "agentInstanceStatus", self._resource)

    def tree(self) -> Tree:
        """Returns what KDE has now, without asking the server."""
        return self._helper.ask("tree", PATIENCE_S, Tree, resource=self._resource)

    def create_item(self, folder: KdeFolder, mime: str, payload: str, *, patience_s: float = PATIENCE_S) -> KdeItem:
        """Creates an item in KDE and returns it with the id that the server gave.

        Raises:
            NotAcknowledged: the server's answer did not arrive, or was a refusal.
        """
        change = self._helper.ask("create_item", patience_s, _ItemChange, folder=folder.id, mime=mime, payload=payload)
        return self._acknowledged_item(change)

    def replace_item(self, item: KdeItem, payload: str, *, patience_s: float = PATIENCE_S) -> KdeItem:
        """Changes an item in KDE; raises as `create_item` does."""
        change = self._helper.ask("replace_item", patience_s, _ItemChange, item=item.id, payload=payload)
        return self._acknowledged_item(change)

    def move_item(self, item: KdeItem, folder: KdeFolder, *, patience_s: float = PATIENCE_S) -> KdeItem:
        """Moves an item to another folder in KDE; raises as `create_item` does."""
        change = self._helper.ask("move_item", patience_s, _ItemChange, item=item.id, folder=folder.id)
        return self._acknowledged_item(change)

    def delete_item(self, item: KdeItem) -> None:
        """Deletes an item in KDE. The server hears of it later: wait for it there."""
        self._helper.ask("delete_item", PATIENCE_S, dict, item=item.id)

    def create_folder(self, parent: KdeFolder, title: str, *, patience_s: float = PATIENCE_S) -> KdeFolder:
        """Creates a folder of the parent's kind in KDE; raises as `create_item` does."""
        change = self._helper.ask("create_folder", patience_s, _FolderChange, parent=parent.id, title=title)
        return self._acknowledged_folder(change)

    def move_folder(self, folder: KdeFolder, parent: KdeFolder, *, patience_s: float = PATIENCE_S) -> KdeFolder:
        """Moves a folder below another one in KDE; raises as `create_item` does."""
        change = self._helper.ask("move_folder", patience_s, _FolderChange, folder=folder.id, parent=parent.id)
        return self._acknowledged_folder(change)

    def delete_folder(self, folder: KdeFolder) -> None:
        """Deletes a folder with all it holds in KDE. The server hears of it later: wait for it there."""
        self._helper.ask("delete_folder", PATIENCE_S, dict, folder=folder.id)

    def _set(self, method: str, *values: str) -> None:
        self._sandbox.dbus(_service_of(self._resource), "/Settings", f"{SETTINGS}.{method}", *values)

    def _acknowledged_item(self, change: _ItemChange) -> KdeItem:
        if not change.acknowledged:
            raise self._unanswered(change.item)
        return change.item

    def _acknowledged_folder(self, change: _FolderChange) -> KdeFolder:
        if not change.acknowledged:
            raise self._unanswered(change.folder)
        return change.folder

    def _unanswered(self, change: KdeItem | KdeFolder) -> NotAcknowledged:
        return NotAcknowledged(str(self._sandbox.error(f"no answer, or a refusal, of the server for {change}")))


class _Helper:
    """The command helper (helper.cpp) and the pipe to it."""

    def __init__(self, sandbox: Sandbox, binaries: Binaries) -> None:
        self._sandbox = sandbox
        self._process = sandbox.popen([str(binaries.helper)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, command: str, patience_s: float, result: type[Result], /, **arguments: int | str) -> Result:
        """Sends a command and decodes its result; raises PeerError when Akonadi refuses or falls silent."""
        request = {"command": command, "patience": round(patience_s * 1000), **arguments}
        self._write(msgspec.json.encode(request) + b"\n")
        answer = msgspec.json.decode(self._read_line(command, patience_s), type=_Answer)
        if answer.error is not None:
            raise self._sandbox.error(f"{command} failed: {answer.error}")
        return msgspec.json.decode(answer.result, type=result)

    def close(self) -> None:
        """Ends the helper."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
        self._process.wait(timeout=10)

    def _write(self, line: bytes) -> None:
        if self._process.stdin is None:
            raise self._sandbox.error("the pipe to the helper is missing")
        self._process.stdin.write(line)
        self._process.stdin.flush()

    def _read_line(self, command: str, patience_s: float) -> bytes:
        pipe = self._process.stdout
        if pipe is None:
            raise self._sandbox.error("the pipe from the helper is missing")
        ready, _, _ = select.select([pipe], [], [], patience_s + PATIENCE_S)
        line = pipe.readline() if ready else b""
        if not line:
            raise self._sandbox.error(f"the helper gave no answer to {command}")
        return line


def _service_of(resource: str) -> str:
    return f"org.freedesktop.Akonadi.Resource.{resource}"
