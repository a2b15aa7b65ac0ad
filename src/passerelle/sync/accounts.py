"""The accounts of a data directory: where their servers are, and where their replicas lie."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import final

import msgspec
from msgspec import Struct

from passerelle.model.errors import Contradiction, Misconfigured, NotFound
from passerelle.model.text import Text
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.sync.replica import Replica
from passerelle.sync.secrets import Secrets, secrets_of

_FILE = "accounts.json"


class Account(Struct, frozen=True, kw_only=True):
    """One account: ``name`` is how the user calls it, ``directory`` its replica's, below the data directory.

    ``zone`` is the IANA time zone for servers that do not say in which one a time is meant. ``allow_plain`` lets the
    password go unencrypted to another machine.
    """

    name: str
    url: str
    login: str
    directory: str
    zone: str = "UTC"
    allow_plain: bool = False


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
        if any(one.name == account.name for one in self.all()):
            raise Contradiction(
                Text("There is already an account “{account}”. Give this one another name.", account=account.name)
            )
        peer = self._connect(account, password)
        try:
            identity = peer.identify()
        finally:
            peer.close()
        self._data.mkdir(mode=0o700, parents=True, exist_ok=True)
        Replica.create(self._data / account.directory, login, identity).close()
        self._secrets.put(_key(account), password)
        self._write((*self.all(), account))
        return account

    def remove(self, name: str) -> None:
        """Forget an account with its password and its replica; the server is not touched.

        Raises:
            NotFound: there is no such account.
        """
        account = self.get(name)
        self._write(tuple(one for one in self.all() if one != account))
        self._secrets.remove(_key(account))
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
        password = self._secrets.get(_key(account))
        if password is None:
            raise Misconfigured(
                Text("The password of the account “{account}” is not known. Give it again.", account=account.name)
            )
        return self._connect(account, password)

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
        path = self._data / _FILE
        fresh = path.with_suffix(".new")
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(accounts)))
        fresh.replace(path)


def _key(account: Account) -> str:
    return f"{account.login} at {account.url}"
