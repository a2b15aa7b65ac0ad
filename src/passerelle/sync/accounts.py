"""The accounts of a data directory: where their servers are, and where their replicas lie."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import final

import msgspec
from msgspec import Struct

from passerelle.model.errors import Contradiction, Misconfigured, NotFound
from passerelle.model.text import Text
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.sync.private_files import alone, write_private
from passerelle.sync.replica import Replica
from passerelle.sync.same_account import check_same_account
from passerelle.sync.secrets import Secrets, secrets_of

_FILE = "accounts.json"


class Account(Struct, frozen=True, kw_only=True):
    """One account: ``name`` is how the user calls it, ``directory`` its replica's, below the data directory.

    ``zone`` is the IANA time zone for servers that do not say in which one a time is meant. ``allow_plain`` lets the
    password go unencrypted to another machine. One that is not ``enabled`` is not synchronised.
    """

    name: str
    url: str
    login: str
    directory: str
    zone: str = "UTC"
    allow_plain: bool = False
    enabled: bool = True


@final
class Accounts:
    """The list of accounts in a data directory. ``secrets`` keeps their passwords, by default as the system can."""

    def __init__(self, data: Path, secrets: Secrets | None = None) -> None:
        self._data = data
        self._secrets = secrets_of(data) if secrets is None else secrets

    def all(self) -> tuple[Account, ...]:
        """All accounts, in the order in which they were added.

        Raises:
            Misconfigured: the list cannot be read.
        """
        path = self._data / _FILE
        if not path.exists():
            return ()
        try:
            return msgspec.json.decode(path.read_bytes(), type=tuple[Account, ...])
        except msgspec.MsgspecError as error:
            raise Misconfigured(
                Text("The list of accounts “{path}” is damaged: {error}.", path=str(path), error=str(error))
            ) from error

    def get(self, name: str | None = None) -> Account:
        """The account of a name; without one, the only account.

        Raises:
            NotFound: there is none, or several and no name.
        """
        accounts = self.all()
        found = [one for one in accounts if name is None or one.name == name]
        if len(found) == 1:
            return found[0]
        if not accounts:
            raise NotFound("There is no account yet. Add one with “passerelle account add”.")
        names = ", ".join(one.name for one in accounts)
        raise NotFound(
            Text("There is no account “{name}”. There are: {names}.", name=name, names=names)
            if name
            else Text("Say which account: {names}.", names=names)
        )

    def add(
        self, url: str, login: str, password: str, *, name: str = "", zone: str = "UTC", allow_plain: bool = False
    ) -> Account:
        """Log in, make the empty replica, and keep the account with its password.

        Raises:
            Contradiction: there is an account of that name.
            Unauthenticated, Unreachable, Misconfigured: the server could not be logged into.
        """
        account = Account(
            name=name or login,
            url=url,
            login=login,
            directory=self._free_directory(name or login),
            zone=zone,
            allow_plain=allow_plain,
        )
        _check_name(account.name, self.all())
        peer = self._connect(account, password)
        try:
            identity = peer.identify()
        finally:
            peer.close()
        with alone(self._data / _FILE):  # another may have been added meanwhile
            _check_name(account.name, self.all())
            account = msgspec.structs.replace(account, directory=self._free_directory(account.name))
            Replica.create(self._data / account.directory, login, identity).close()
            self._secrets.put(_key(account), password)
            self._write((*self.all(), account))
        return account

    def change(self, name: str, change: Callable[[Account], Account]) -> Account:
        """Change the settings of an account; the server is not asked. ``change`` may be given a newer account.

        Raises:
            NotFound: there is no such account.
            Contradiction: it shall be called like another one.
        """
        with alone(self._data / _FILE):
            before = self.get(name)
            after = change(before)
            everyone = self.all()
            _check_name(after.name, [one for one in everyone if one != before])
            self._write(tuple(after if one == before else one for one in everyone))
        return after

    def relocate(self, name: str, url: str, login: str) -> Account:
        """Reach the same user at the same server under another address or login.

        Raises:
            NotFound: there is no such account.
            Unsafe: it is another user or server.
            Unauthenticated, Unreachable, Misconfigured: the server could not be logged into.
        """
        before = self.get(name)
        password = self._password(before)
        peer = self._connect(msgspec.structs.replace(before, url=url, login=login), password)
        try:
            with self.replica(before) as replica:
                check_same_account(replica.store, replica.membership.user, peer)
        finally:
            peer.close()
        after = self.change(name, lambda account: msgspec.structs.replace(account, url=url, login=login))
        self._secrets.put(_key(after), password)
        self._forget_password(before)
        return after

    def remove(self, name: str) -> None:
        """Forget an account with its password and its replica; the server is not touched.

        Raises:
            NotFound: there is no such account.
        """
        with alone(self._data / _FILE):
            account = self.get(name)
            self._write(tuple(one for one in self.all() if one != account))
        self._forget_password(account)
        shutil.rmtree(self._data / account.directory)

    def set_password(self, name: str, password: str) -> None:
        """Keep a new password after checking it at the server.

        Raises:
            Unauthenticated: the server does not accept it.
        """
        account = self.get(name)
        peer = self._connect(account, password)
        try:
            peer.identify()
        finally:
            peer.close()
        self._secrets.put(_key(account), password)

    def replica(self, account: Account) -> Replica:
        """Open an account's replica; to be closed by the caller."""
        return Replica.open(self._data / account.directory)

    def connect(self, account: Account) -> OxWebDav:
        """The account's server; nothing is asked yet. To be closed by the caller.

        Raises:
            Misconfigured: the password is not known.
        """
        return self._connect(account, self._password(account))

    def _password(self, account: Account) -> str:
        password = self._secrets.get(_key(account))
        if password is None:
            raise Misconfigured(
                Text("The password of the account “{account}” is not known. Give it again.", account=account.name)
            )
        return password

    def _forget_password(self, account: Account) -> None:
        """Forget the password that an account had, unless another one needs it."""
        if all(_key(one) != _key(account) for one in self.all()):
            self._secrets.remove(_key(account))

    def _connect(self, account: Account, password: str) -> OxWebDav:
        connection = Connection(account.url, account.login, password, allow_plain=account.allow_plain)
        return OxWebDav(connection, account.zone)

    def _free_directory(self, name: str) -> str:
        """A directory for a replica that no other uses, named after the account."""
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "account"
        taken = {one.directory for one in self.all()}
        candidates = (f"replicas/{stem}{suffix}" for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
        return next(one for one in candidates if one not in taken and not (self._data / one).exists())

    def _write(self, accounts: tuple[Account, ...]) -> None:
        write_private(self._data / _FILE, msgspec.json.format(msgspec.json.encode(accounts)))


def _check_name(name: str, others: Iterable[Account]) -> None:
    if any(one.name == name for one in others):
        raise Contradiction(Text("There is already an account “{account}”. Give this one another name.", account=name))


def _key(account: Account) -> str:
    return f"{account.login} at {account.url}"
