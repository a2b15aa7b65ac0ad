"""A machine with accounts: what the connector's dialogs stand before, with a real server behind it."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from passerelle.daemon.turns import cycle_here
from passerelle.desk.connector.household import Household
from passerelle.desk.latchkey import Latchkey
from passerelle.desk.local import application
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.accounts.secrets_in_file import FileSecrets
from passerelle.sync.outlook_setup import OutlookSetup, system_setup
from passerelle.sync.report import CycleResult
from tests.desk.serving import Visitor, listening
from tests.groupware.office import PASSWORD
from tests.outlook_double.machine import Machine
from tests.outlook_double.registry import MemoryRegistry


class Home:
    """A user's machine. ``url`` is where its pages are, which let in whoever comes with :meth:`invite`."""

    def __init__(self, household: Household, doors: Latchkey, url: str, server: str) -> None:
        self.household = household
        self.accounts = household.accounts
        self.url = url
        self.server = server
        self._doors = doors

    def invite(self) -> str:
        """The address that lets a browser in."""
        return f"{self.url}/desk{self._doors.invite()}"

    def add(self, login: str = "anna") -> Account:
        """Add an account, and have it in step."""
        account = self.accounts.add(self.server, login, PASSWORD)
        self.cycle(account)
        return account

    def cycle(self, account: Account) -> CycleResult:
        """Bring an account in step."""
        return cycle_here(self.accounts, account, lambda _progress: None)


class Windows:
    """A machine with Outlook, and what can be done about it."""

    def __init__(self) -> None:
        self.machine = Machine()
        self.machine.start()
        self.registry = MemoryRegistry()

    def setup(self, accounts: Accounts) -> OutlookSetup:
        return OutlookSetup(accounts, self.machine.get_active_object, self.registry)

    def stores(self) -> list[str]:
        return [store.path for store in self.machine.profile.stores if store.path]


@contextmanager
def home_at(server: str, data: Path, outlook: Callable[[Accounts], OutlookSetup] = system_setup) -> Iterator[Home]:
    """A machine whose accounts are on a server; ``outlook`` is what can be done about its Outlook."""
    bound = socket.create_server(("127.0.0.1", 0))
    with closing(Household(Accounts(data, FileSecrets(data)), outlook=outlook)) as household:
        address = f"127.0.0.1:{bound.getsockname()[1]}"
        doors = Latchkey(household.session, household)
        with listening(application(doors, household.hubs, address), household.hubs, bound) as url:
            yield Home(household, doors, url, server)


@contextmanager
def visiting(home: Home) -> Iterator[Visitor]:
    """Somebody at that machine, let in."""
    with Visitor(home.url) as someone:
        someone.http.get(home.invite())
        yield someone
