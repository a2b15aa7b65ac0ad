"""The accounts of a data directory: where their servers are, and where their replicas lie."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from shlex import quote
from typing import final

import msgspec
from msgspec import Struct

from passerelle.model.errors import Contradiction, Invalid, Misconfigured, NotFound
from passerelle.model.moments import zone_info
from passerelle.model.text import Text
from passerelle.peers.line.address import check_address
from passerelle.peers.line.certificates import Certificate
from passerelle.peers.line.failures import translated
from passerelle.peers.line.settings import NO_SECRETS, Line, LineSecrets
from passerelle.peers.line.transport import is_vouched_for, seen_certificate
from passerelle.peers.ox_webdav import Connection, OxWebDav
from passerelle.store.store import DATABASE
from passerelle.sync.accounts.lines import keep_line_secrets, line_keys, line_secrets, login_key
from passerelle.sync.accounts.locks import locked
from passerelle.sync.accounts.private_files import alone, write_private
from passerelle.sync.accounts.same_account import check_same_account
from passerelle.sync.accounts.secrets import Secrets, secrets_of
from passerelle.sync.replica import Replica

_FILE = "accounts.json"


class Account(Struct, frozen=True, kw_only=True):
    """One account: ``name`` is how the user calls it, ``directory`` its replica's, below the data directory.

    ``zone`` is the IANA time zone for servers that do not say in which one a time is meant. ``allow_plain`` lets the
    password go unencrypted to another machine. One that is not ``enabled`` is not synchronised. ``line`` is how the
    server is reached. After ``warn_after_h`` hours in which nothing went through the user is warned; 0: never.
    ``outlook`` is the data file below which Outlook shows the account; empty: it does not show it. ``outlook_profile``
    is the profile of Outlook that has it open; empty: it is not known.
    """

    name: str
    url: str
    login: str
    directory: str
    zone: str = "UTC"
    allow_plain: bool = False
    enabled: bool = True
    line: Line = Line()
    warn_after_h: int = 24
    outlook: str = ""
    outlook_profile: str = ""

    @property
    def warn_after_s(self) -> float | None:
        """The same in seconds; None: never."""
        return self.warn_after_h * 3600.0 or None

    def check(self) -> None:
        """Make sure of what can be known without asking the server.

        Raises:
            Invalid: there is no such time zone, or a number of hours is below 0.
        """
        zone_info(self.zone)
        if self.warn_after_h < 0:
            raise Invalid("The number of hours cannot be below 0.", "warn-after")


@final
class Accounts:
    """The list of accounts in a data directory. ``secrets`` keeps their passwords, by default as the system can."""

    def __init__(self, data: Path, secrets: Secrets | None = None) -> None:
        self.data = data
        self._secrets = secrets_of(data) if secrets is None else secrets

    def all(self) -> tuple[Account, ...]:
        """All accounts, in the order in which they were added.

        Raises:
            Misconfigured: the list cannot be read.
        """
        path = self.file
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

    def add(  # noqa: PLR0913 - one parameter per side of an account
        self,
        url: str,
        login: str,
        password: str,
        *,
        name: str = "",
        zone: str = "UTC",
        allow_plain: bool = False,
        line: Line = Line(),  # noqa: B008 - a frozen value
        passwords: LineSecrets = NO_SECRETS,
    ) -> Account:
        """Log in, make the empty replica, and keep the account with its password.

        Raises:
            Contradiction: there is an account of that name.
            Invalid: there is no such time zone.
            Untrusted: nobody vouches for the server's certificate.
            Unauthenticated, Unreachable, Misconfigured: the server could not be logged into.
        """
        account = Account(
            name=name or login,
            url=url,
            login=login,
            directory=self._free_directory(name or login),
            zone=zone,
            allow_plain=allow_plain,
            line=line,
        )
        account.check()
        _check_name(account.name, self.all())
        peer = _peer(account, password, passwords)
        try:
            identity = peer.identify()
        finally:
            peer.close()
        with alone(self.file):  # another may have been added meanwhile
            _check_name(account.name, self.all())
            account = msgspec.structs.replace(account, directory=self._free_directory(account.name))
            Replica.create(self.data / account.directory, login, identity).close()
            keep_line_secrets(line, passwords, self._secrets)
            self._secrets.put(_key(account), password)
            self._write((*self.all(), account))
        return account

    def change(self, name: str, change: Callable[[Account], Account]) -> Account:
        """Change the settings of an account; the server is not asked. ``change`` may be given a newer account.

        Raises:
            NotFound: there is no such account.
            Contradiction: it shall be called like another one.
        """
        with alone(self.file):
            before = self.get(name)
            after = change(before)
            everyone = self.all()
            _check_name(after.name, [one for one in everyone if one != before])
            self._write(tuple(after if one == before else one for one in everyone))
        return after

    def revise(self, before: Account, wanted: Account, passwords: LineSecrets = NO_SECRETS) -> Account:
        """Give an account all settings of another description of it, or none if one of them is refused.

        The server is asked only where its address or the login is another: they must lead to the same user there.

        Raises:
            NotFound: there is no such account any more.
            Contradiction: it shall be called like another one.
            Invalid: see :meth:`Account.check`.
            Unsafe: another user, or another server, answers.
            Unauthenticated, Unreachable: the server could not be logged into.
            Misconfigured: a file is missing or is not what it should be, or the password of a proxy was not given.
        """
        wanted.check()
        _check_name(wanted.name, [one for one in self.all() if one.name != before.name])
        known = line_secrets(wanted.line, self._secrets)
        reached = LineSecrets(passwords.proxy or known.proxy, passwords.client_key or known.client_key)
        has_moved = (wanted.url, wanted.login) != (before.url, before.login)
        password = self._password(before) if has_moved else ""
        peer = _peer(wanted, password, reached)  # reads files, opens no connection
        try:
            if has_moved:
                self._make_sure_of(before, peer)
        finally:
            peer.close()
        keep_line_secrets(wanted.line, passwords, self._secrets)
        if has_moved:
            self._secrets.put(_key(wanted), password)
        after = self.change(before.name, lambda account: _with_differences(account, before, wanted))
        self._forget_passwords(before, self.all())
        return after

    def _make_sure_of(self, account: Account, peer: OxWebDav) -> None:
        """Make sure that it is the account's user who is met there; the next cycle compares all. Raises Unsafe."""
        with self.replica(account) as replica:
            check_same_account(replica.store, replica.membership.user, peer)
            replica.want_slow_sync()

    def seen_certificate(self, account: Account) -> tuple[Certificate, bool]:
        """The certificate that an account's server shows now, and whether an authority vouches for it.

        No password is sent to the server.

        Raises:
            Unreachable: it does not answer.
            Misconfigured: it has no certificate, for it is not encrypted.
        """
        address = check_address(account.url, allow_plain=account.allow_plain)
        passwords = line_secrets(account.line, self._secrets)
        with translated():
            shown = seen_certificate(address, account.line, passwords)
            return shown, is_vouched_for(address, account.line, passwords)

    def remove(self, name: str) -> None:
        """Forget an account with its password and its replica; the server is not touched.

        A cycle that runs is waited for; a daemon breaks it off.

        Raises:
            NotFound: there is no such account.
            Busy: the cycle took longer than a minute. The account is forgotten, its replica is not removed.
        """
        with alone(self.file):
            account = self.get(name)
            others = tuple(one for one in self.all() if one != account)
            self._forget_passwords(account, others)  # first, for a keyring may be locked
            self._write(others)
        busy = Text(
            "“{account}” is forgotten, but still synchronised by another process. Remove “{directory}” later.",
            account=account.name,
            directory=str(self.directory_of(account)),
        )
        directory, lock = self.directory_of(account), self.cycle_lock(account)
        with locked(lock, busy):
            for path in directory.iterdir():
                if path.is_dir():
                    shutil.rmtree(path)
                elif path != lock:  # Windows lets nobody delete what is open
                    path.unlink()
        shutil.rmtree(directory)

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
        self.change(name, lambda account: account)  # whoever watches the list tries again

    def directory_of(self, account: Account) -> Path:
        """Where an account's replica lies."""
        return self.data / account.directory

    def cycle_lock(self, account: Account) -> Path:
        """The file whose lock whoever runs a cycle of the account holds."""
        return self.directory_of(account) / "sync.lock"

    def database_of(self, account: Account) -> Path:
        """The file of an account's replica that is an SQLite database."""
        return self.directory_of(account) / DATABASE

    @property
    def file(self) -> Path:
        """The list itself: it is replaced whenever an account is added, changed, removed or gets a new password."""
        return self.data / _FILE

    def replica(self, account: Account) -> Replica:
        """Open an account's replica; to be closed by the caller."""
        return Replica.open(self.data / account.directory)

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
                Text(
                    "The password of the account “{account}” is not known here. Give it with “passerelle account "
                    "password {word}”.",
                    account=account.name,
                    word=quote(account.name),
                )
            )
        return password

    def _forget_passwords(self, account: Account, needing: Iterable[Account]) -> None:
        """Forget the passwords that an account had, except those that some account needs."""
        for key in _keys(account).difference(*map(_keys, needing)):
            self._secrets.remove(key)

    def _connect(self, account: Account, password: str) -> OxWebDav:
        return _peer(account, password, line_secrets(account.line, self._secrets))

    def _free_directory(self, name: str) -> str:
        """A directory for a replica that no other uses, named after the account."""
        stem = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "account"
        taken = {one.directory for one in self.all()}
        candidates = (f"replicas/{stem}{suffix}" for suffix in ("", *(f"-{number}" for number in range(2, 1000))))
        return next(one for one in candidates if one not in taken and not (self.data / one).exists())

    def _write(self, accounts: tuple[Account, ...]) -> None:
        write_private(self.file, msgspec.json.format(msgspec.json.encode(accounts)))


def _check_name(name: str, others: Iterable[Account]) -> None:
    if any(one.name == name for one in others):
        raise Contradiction(Text("There is already an account “{account}”. Give this one another name.", account=name))


def _with_differences(account: Account, before: Account, wanted: Account) -> Account:
    """The account as it is now, with what ``wanted`` changes about it as it was before."""
    names = (name for name in Account.__struct_fields__ if getattr(wanted, name) != getattr(before, name))
    return msgspec.structs.replace(account, **{name: getattr(wanted, name) for name in names})


def _peer(account: Account, password: str, passwords: LineSecrets) -> OxWebDav:
    connection = Connection(
        account.url,
        account.login,
        password,
        allow_plain=account.allow_plain,
        line=account.line,
        passwords=passwords,
    )
    return OxWebDav(connection, account.zone)


def _key(account: Account) -> str:
    return login_key(account.login, account.url)


def _keys(account: Account) -> frozenset[str]:
    """The names of all passwords of an account."""
    return frozenset(key for key in (_key(account), *line_keys(account.line)) if key)
