"""Takes an account into Outlook, and out of it again without a trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import final

import msgspec
from msgspec import Struct

from passerelle.model.clock import utc_now
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.text import Text
from passerelle.peers.outlook.answers import NotRunning, OtherProfile, answering
from passerelle.peers.outlook.connecting import Attach, attach, enter_apartment, system_attach
from passerelle.peers.outlook.constants import StoreType
from passerelle.peers.outlook.datafile import check_profile, find_store, withdraw
from passerelle.peers.outlook.homes import Homes, check_free
from passerelle.peers.outlook.objects import NameSpace, Store
from passerelle.peers.outlook.peer import NAME
from passerelle.peers.outlook.prf import MailAccount
from passerelle.peers.outlook.registry import (
    Installed,
    Registry,
    free_busy,
    free_busy_address,
    installed,
    profiles,
    set_free_busy,
    system_registry,
)
from passerelle.sync.accounts.locks import locked
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.outlook_mail import write_mail_account
from passerelle.sync.replica import Replica
from passerelle.sync.skipped.quarantine import is_shown

_BEFORE = "free/busy of Outlook before"
"""The setting that keeps where Outlook asked for free/busy before, by version. Another data file does not touch it."""


class OwnFolders(Struct, frozen=True, kw_only=True):
    """That a person's default folders are shown in Outlook's own. What is in those already stays there, and only there.

    ``sends_existing`` has it sent to the server, instead. With ``all_calendars`` the others are shown in Outlook's own
    calendar, too, told apart by categories.
    """

    sends_existing: bool = False
    all_calendars: bool = False


class OutlookStanding(Struct, frozen=True, kw_only=True):
    """How Outlook stands for an account.

    ``is_running`` says whether it runs now, and with which ``profile``, ``is_open`` whether it has the account's data
    file open. ``refused`` counts what it did not take.
    """

    versions: tuple[Installed, ...]
    is_running: bool
    profile: str
    is_open: bool
    folders: int
    items: int
    refused: int

    def hindrance(self, account: Account) -> Text:
        """Why an Outlook that runs does not show the account that it is to show; empty if it does."""
        if not (account.outlook and self.is_running) or self.is_open:
            return Text("")
        if account.outlook_profile not in {"", self.profile}:
            return OtherProfile(self.profile, account.outlook_profile).text
        return Text("Its data file “{path}” was taken out of Outlook.", path=account.outlook)


@final
class OutlookSetup:
    """What can be done about Outlook on this machine. ``find`` is how the running one is found."""

    def __init__(
        self, accounts: Accounts, find: Attach, registry: Registry, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._accounts = accounts
        self._find = find
        self._registry = registry
        self._now = now

    def usual_file(self, account: Account) -> Path:
        """Where an account's data file is put unless somebody says so: beside the account's other data."""
        return (self._accounts.directory_of(account) / "outlook" / f"{account.name}.pst").absolute()

    def set_up(self, account: Account, path: Path, homes: OwnFolders | None = None) -> Account:
        """Open a data file of the account's own in the Outlook that runs, and let it ask the server for free/busy.

        With ``homes`` the person's default folders are shown in Outlook's own.

        Raises:
            Contradiction: the account is in Outlook already, the file is another account's, or another one is shown in
                Outlook's own folders.
            NotRunning: there is no Outlook at the moment.
        """
        if account.outlook:
            raise Contradiction(
                Text("“{account}” is in Outlook already, in “{path}”.", account=account.name, path=account.outlook)
            )
        if any(one.outlook.casefold() == str(path).casefold() for one in self._accounts.all()):
            raise Contradiction(Text("“{path}” is another account’s data file.", path=str(path)))
        session = self._session()
        if homes is not None:
            with answering():
                check_free(session)
        path.parent.mkdir(parents=True, exist_ok=True)
        with answering():
            session.AddStoreEx(str(path), StoreType.Unicode)
            root = _store(session, str(path)).GetRootFolder()
            root.Name = f"Passerelle – {account.name}"
            if homes is not None:
                since = None if homes.sends_existing else self._now()
                Homes(session, root).choose(since, with_all_calendars=homes.all_calendars)
            profile = session.CurrentProfileName
        changed = self._accounts.change(
            account.name, lambda one: msgspec.structs.replace(one, outlook=str(path), outlook_profile=profile)
        )
        self._ask_for_free_busy(changed)
        return changed

    def remove(self, account: Account) -> Account:
        """Take the account out of Outlook: its data file, what is remembered of it, and where free/busy is asked for.

        What is in the replica and on the server stays; so does what was made in Outlook's own folders, there.

        Raises:
            Contradiction: it is not in Outlook.
            NotRunning: there is no Outlook at the moment.
            OtherProfile: it runs with another profile than the one that has the account.
            Busy: it has been shown there for more than a minute.
        """
        if not account.outlook:
            raise Contradiction(Text("“{account}” is not in Outlook.", account=account.name))
        busy = Text("“{account}” has been shown in Outlook for a minute. Try again.", account=account.name)
        with locked(self._accounts.cycle_lock(account), busy):
            self._take_out(account)
        self._mail_file(account).unlink(missing_ok=True)
        with suppress(PermissionError):  # Windows lets nobody delete what a program has still open
            Path(account.outlook).unlink(missing_ok=True)
        return self._accounts.change(
            account.name, lambda one: msgspec.structs.replace(one, outlook="", outlook_profile="")
        )

    def write_mail(self, account: Account, mail: MailAccount) -> Path:
        """Write the file that tells Outlook the account's mail servers, beside its other data. Returns its path.

        Raises:
            Invalid: a value does not fit into it.
        """
        return write_mail_account(self._registry, account, mail, self._mail_file(account))

    def _mail_file(self, account: Account) -> Path:
        return self.usual_file(account).with_suffix(".prf")

    def _take_out(self, account: Account) -> None:
        session = self._session()
        with answering():
            store = find_store(session, account.outlook)
            if store is not None:
                withdraw(session, store)
            elif account.outlook_profile in profiles(self._registry):
                check_profile(session, account.outlook_profile)
        self._restore_free_busy(account)
        with self._accounts.replica(account) as replica:
            replica.forget_mirror(NAME)

    def standing(self, account: Account) -> OutlookStanding:
        """How Outlook stands, found out without changing anything."""
        session = self._running()
        with answering():
            is_open = session is not None and find_store(session, account.outlook) is not None
            profile = "" if session is None else session.CurrentProfileName
        with self._accounts.replica(account) as replica, replica.store.of_peer(NAME).reading() as tx:
            links = tx.sync.folder_links()
            items = sum(len(tx.sync.versions(link.local)) for link in links)
            refused = sum(1 for one in tx.sync.skipped() if is_shown(one))
        return OutlookStanding(
            versions=tuple(installed(self._registry)),
            is_running=session is not None,
            profile=profile,
            is_open=is_open,
            folders=len(links),
            items=items,
            refused=refused,
        )

    def _running(self) -> NameSpace | None:
        try:
            return self._session()
        except NotRunning:
            return None

    def _session(self) -> NameSpace:
        application = attach(self._find, time.sleep)
        with answering():
            return application.Session

    def _ask_for_free_busy(self, account: Account) -> None:
        address = free_busy_address(account.url)
        before = {one.number: free_busy(self._registry, one.number) for one in installed(self._registry)}
        with self._accounts.replica(account) as replica:
            _keep(replica, before)
        for version in before:
            set_free_busy(self._registry, version, address)

    def _restore_free_busy(self, account: Account) -> None:
        with self._accounts.replica(account) as replica:
            with replica.store.reading() as tx:
                before = tx.sync.get(_BEFORE, dict[str, str | None]) or {}
            _keep(replica, None)
        for version, address in before.items():
            if free_busy(self._registry, version) == free_busy_address(account.url):  # else the user has changed it
                set_free_busy(self._registry, version, address)


def _keep(replica: Replica, before: Mapping[str, str | None] | None) -> None:
    with replica.store.writing(replica.membership.user, replica.store.origin) as tx:
        tx.sync.set(_BEFORE, before)


def system_setup(accounts: Accounts) -> OutlookSetup:
    """What can be done about the Outlook of this Windows machine, for the thread that asks.

    Raises:
        Misconfigured: this is no Windows.
    """
    find = system_attach()
    enter_apartment()
    return OutlookSetup(accounts, find, system_registry())


def _store(session: NameSpace, path: str) -> Store:
    found = find_store(session, path)
    if found is None:
        raise NotFound(Text("Outlook did not open “{path}”.", path=path))
    return found
