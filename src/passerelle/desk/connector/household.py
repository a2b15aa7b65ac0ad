"""The accounts of a data directory as their pages find them: replicas stay open, and cycles run beside the requests."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from datetime import datetime
from threading import Lock, Thread
from typing import Final, final

from passerelle.daemon.control.messages import Failure
from passerelle.daemon.turns import synchronise
from passerelle.desk.connector.hubs import Hubs
from passerelle.groupware.free_busy import BusyTime
from passerelle.groupware.session import Session
from passerelle.model.errors import PasserelleError
from passerelle.model.participants import Participant
from passerelle.store import Store
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.outlook_setup import OutlookSetup, system_setup
from passerelle.sync.people import KnownPeople
from passerelle.sync.replaced.noticing import is_ours
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, Progress

Outcome = CycleResult | Failure
Identity = tuple[str, str]
"""What makes a participant the same (:attr:`Participant.identity`)."""
Times = tuple[BusyTime, ...]
_STARTING: Final = Progress(phase="")


@final
class Household:
    """The accounts of one user of this machine; the items of one of them are shown. May be used by any thread.

    ``outlook`` says what can be done about this machine's Outlook.

    Raises:
        NotFound: ``shown`` names an account that there is not.
    """

    def __init__(
        self,
        accounts: Accounts,
        shown: str | None = None,
        outlook: Callable[[Accounts], OutlookSetup] = system_setup,
    ) -> None:
        self.accounts = accounts
        self._outlook = outlook
        self._shown = shown and accounts.get(shown).name
        self.hubs = Hubs(self._store)
        self._guard = Lock()
        self._replicas: dict[str, tuple[int, Replica]] = {}
        self._running: dict[str, Progress] = {}
        self._outcomes: dict[str, Outcome] = {}

    def shown(self) -> Account | None:
        """The account whose items the pages show: the chosen one, else the first; None if there is none at all."""
        known = self.accounts.all()
        return next((one for one in known if one.name == self._shown), known[0] if known else None)

    def show(self, account: Account) -> None:
        """Have the pages show the items of an account."""
        self._shown = account.name

    def replica(self, account: Account) -> Replica:
        """An account's replica, which stays open as long as it is the one that lies there.

        Another process may remove the account and add it again, in the same place.

        Raises:
            Misconfigured: there is none.
        """
        with self._guard:
            file = self._number(account)
            number, known = self._replicas.get(account.directory, (0, None))
            if known is None or number != file:
                self._forget(account)
                known = self.accounts.replica(account)
                self._replicas[account.directory] = self._number(account), known
            return known

    def session(self) -> Session | None:
        """What the user of the shown account can do."""
        account = self.shown()
        return None if account is None else self.replica(account).session()

    def server(self) -> str:
        """Where the pages of the shown account's server are; "" where it is none of ours, or has told nothing yet."""
        account = self.shown()
        if account is None:
            return ""
        with self.replica(account).store.reading() as tx:
            return f"{account.url.rstrip('/')}/desk/calendar" if is_ours(tx) else ""

    def busy(self, parties: Iterable[Participant], start: datetime, end: datetime) -> Mapping[Identity, Times]:
        """When participants are busy, as the shown account's server tells now; nobody while it does not answer."""
        account = self.shown()
        if account is None:
            return {}
        people = KnownPeople(self.replica(account).store)
        asked = {one.identity: one.mail or people.address(one)[0] for one in parties}
        found: dict[Identity, Times] = {}
        with suppress(PasserelleError), closing(self.accounts.connect(account)) as server:
            for identity, mail in asked.items():
                times = server.busy_times(mail, start, end) if mail else None
                if times is not None:
                    found[identity] = tuple(BusyTime(*one) for one in times)
        return found

    def outlook(self) -> OutlookSetup:
        """What can be done about Outlook, by the thread that asks. Raises Misconfigured: this is no Windows."""
        return self._outlook(self.accounts)

    def waiting(self) -> int:
        """How much waits for the user's decision, in all accounts."""
        return sum(self.waiting_of(one) for one in self.accounts.all())

    def waiting_of(self, account: Account) -> int:
        """How much of an account waits for the user's decision."""
        replica = self.replica(account)
        found = replica.backlog()
        return found.skipped + found.conflicts + found.held + len(replica.waiting.replaced)

    def start(self, account: Account) -> None:
        """Run a cycle of an account, unless one that was started here runs."""
        with self._guard:
            if account.name in self._running:
                return
            self._running[account.name] = _STARTING
            self._outcomes.pop(account.name, None)
        Thread(target=self._run, args=(account,), daemon=True).start()

    def progress(self, account: Account) -> Progress | None:
        """Where the cycle is that was started here; None if none runs."""
        return self._running.get(account.name)

    def outcome(self, account: Account) -> Outcome | None:
        """What became of the last cycle that was started here."""
        return self._outcomes.get(account.name)

    def remove(self, account: Account) -> None:
        """Forget an account with its replica. Raises as :meth:`Accounts.remove`."""
        with self._guard:
            self._forget(account)
        self.accounts.remove(account.name)

    def close(self) -> None:
        """Close the replicas."""
        with self._guard:
            for _, replica in self._replicas.values():
                replica.close()
            self._replicas.clear()

    def _forget(self, account: Account) -> None:
        _, replica = self._replicas.pop(account.directory, (0, None))
        if replica is not None:
            self.hubs.forget(replica.store)
            replica.close()

    def _number(self, account: Account) -> int:
        """What tells a file from another one that has its name; 0 if there is none."""
        file = self.accounts.database_of(account)
        return file.stat().st_ino if file.exists() else 0

    def _store(self) -> Store:
        account = self.shown()
        assert account is not None  # noqa: S101 - whoever listens has a session
        return self.replica(account).store

    def _run(self, account: Account) -> None:
        try:
            self._outcomes[account.name] = synchronise(self.accounts, account, self._noting(account.name))
        finally:
            del self._running[account.name]

    def _noting(self, name: str) -> Callable[[Progress], None]:
        def note(at: Progress) -> None:
            self._running[name] = at

        return note
