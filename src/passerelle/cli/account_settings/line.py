"""The options that say how an account's server is reached: proxy, trusted certificates, client certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from passerelle.cli.options import read_password
from passerelle.model.text import Text
from passerelle.peers.line.certificates import fingerprint_of, spelled
from passerelle.peers.line.proxies import check_proxy
from passerelle.peers.line.settings import Line, LineSecrets, proxy_user
from passerelle.peers.line.trust import is_locked
from passerelle.sync.accounts.registry import Account

_NONE = "none"


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class LineOptions:
    """What was said of the line to the server; None where nothing was, ``none`` where it shall be as without it.

    Passwords read from standard input come one a line, in the order of the options here, after the account's own.
    """

    proxy: Annotated[
        str | None,
        Parameter(
            help="Proxy on the way: http://HOST:PORT, http://USER@HOST:PORT, none, or system: what HTTPS_PROXY and "
            "NO_PROXY say (default). Its password is asked for."
        ),
    ] = None
    proxy_password_stdin: Annotated[
        bool, Parameter(negative="", help="Read the proxy's password from the next line of standard input.")
    ] = False
    ca_file: Annotated[
        str | None,
        Parameter(help="PEM file of the only authorities that may vouch for the server; none: those of the system."),
    ] = None
    trust_fingerprint: Annotated[
        str | None,
        Parameter(help="SHA-256 of the only certificate that the server may show; none: authorities vouch for it."),
    ] = None
    client_certificate: Annotated[
        str | None,
        Parameter(help="PEM or PKCS#12 file (.p12, .pfx) by which the server knows this machine, or none."),
    ] = None
    client_key: Annotated[
        str | None, Parameter(help="PEM file of the certificate's key, if it is in a file of its own.")
    ] = None
    client_password_stdin: Annotated[
        bool, Parameter(negative="", help="Read the key's password from the next line of standard input.")
    ] = False

    def revised(self, account: Account) -> Account:
        """The account with what was given; its passwords are another matter. Raises as :meth:`line`."""
        return msgspec.structs.replace(account, line=self.line(account.line))

    def line(self, before: Line) -> Line:
        """The line that the options make of the one that was before.

        Raises:
            Misconfigured, Invalid: an option says what cannot be.
        """
        said: dict[str, str | None] = {}
        if self.proxy is not None:
            said["proxy"] = check_proxy(self.proxy)
        if self.ca_file is not None:
            said["ca_file"] = _path(self.ca_file)
        if self.trust_fingerprint is not None:
            is_none = self.trust_fingerprint == _NONE
            said["fingerprint"] = None if is_none else fingerprint_of(self.trust_fingerprint)
        if self.client_certificate is not None:
            said["client_certificate"] = _path(self.client_certificate)
            said["client_key"] = None
        if self.client_key is not None:
            said["client_key"] = _path(self.client_key)
        return msgspec.structs.replace(before, **said)

    def passwords(self, line: Line) -> LineSecrets:
        """The passwords that the options need, from standard input or asked for.

        Raises:
            Misconfigured: there is no terminal to ask on, or a file cannot be read.
        """
        return LineSecrets(proxy=self._proxy_password(line), client_key=self._key_password(line))

    def _proxy_password(self, line: Line) -> str | None:
        if proxy_user(line.proxy) is None or (self.proxy is None and not self.proxy_password_stdin):
            return None
        return read_password(
            stdin=self.proxy_password_stdin,
            prompt=Text("Password for the proxy {proxy}: ", proxy=line.proxy),
            option="--proxy-password-stdin",
        )

    def _key_password(self, line: Line) -> str | None:
        if line.client_certificate is None or (self.client_certificate is None and self.client_key is None):
            return None
        key = None if line.client_key is None else Path(line.client_key)
        if not is_locked(Path(line.client_certificate), key):
            return None
        return read_password(
            stdin=self.client_password_stdin,
            prompt=Text("Password of the client certificate {path}: ", path=line.client_certificate),
            option="--client-password-stdin",
        )


def shown_line(account: Account) -> Mapping[str, object]:
    """These settings as they are, by name."""
    line = account.line
    return {
        "proxy": line.proxy,
        "ca_file": line.ca_file,
        "trust_fingerprint": None if line.fingerprint is None else spelled(line.fingerprint),
        "client_certificate": line.client_certificate,
        "client_key": line.client_key,
    }


def _path(text: str) -> str | None:
    """A file, found from wherever a later command is given."""
    return None if text == _NONE else str(Path(text).expanduser().resolve())
