"""Asks whether a certificate that nobody vouches for shall be trusted; ``passerelle account trust``."""

from __future__ import annotations

import sys

import msgspec

from passerelle.cli.options import ConnectorData, Json, connector_directory
from passerelle.cli.output import print_json, say
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text, sentences
from passerelle.peers.line.certificates import Certificate, Untrusted, changed, fingerprint_of
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.translations import said

_YES = {"y", "yes", "o", "oui", "j", "ja"}


def is_wanted(certificate: Certificate, reason: Text) -> bool:
    """Show a certificate, and whether the person at the terminal trusts it; False where there is no terminal."""
    if not sys.stdin.isatty():
        return False
    say(sentences(reason, certificate.described))
    answer = input(
        said(Text("Trust it? Only if its fingerprint is the one that the server's administrator names. [y/N] "))
    )
    return answer.strip().lower() in _YES


def trust(name: str, /, *, fingerprint: str | None = None, data: ConnectorData = None, json: Json = False) -> int:
    """Show the certificate of an account's server, and trust it after your yes.

    From then on the server must show just this certificate. Should it change, nothing is sent until you trust the new
    one. A certificate that an authority vouches for needs no trust of yours.

    Args:
        name: The account.
        fingerprint: Trust it without asking if this is its SHA-256.
        data: Directory of your accounts.
        json: Print the certificate as JSON. Nothing is asked.
    """
    accounts = Accounts(connector_directory(data))
    account = accounts.get(name)
    shown, is_vouched_for = accounts.seen_certificate(account)
    wanted = shown.fingerprint if is_vouched_for else _wanted(account, shown, fingerprint, may_ask=not json)
    is_trusted = is_vouched_for or wanted == shown.fingerprint
    if is_trusted:
        pinned = None if is_vouched_for and fingerprint is None else shown.fingerprint
        line = msgspec.structs.replace(account.line, fingerprint=pinned)
        accounts.revise(account, msgspec.structs.replace(account, line=line))
    if json:
        print_json({"certificate": shown, "vouched_for": is_vouched_for, "trusted": is_trusted})
    elif is_vouched_for:
        say(
            sentences(
                Text("An authority vouches for the server of {name}, so it is trusted.", name=name), shown.described
            )
        )
    elif is_trusted:
        say(
            Text(
                "The server of {name} is trusted as long as it shows this certificate. Next: passerelle sync", name=name
            )
        )
    else:
        say(Text("Nothing was changed."))
    return 0 if is_trusted else Misconfigured.exit_code


def _wanted(account: Account, shown: Certificate, fingerprint: str | None, *, may_ask: bool) -> str | None:
    """The fingerprint of the certificate that is to be trusted."""
    before = account.line.fingerprint
    reason = changed(before) if before else Text("No authority that this machine knows vouches for the server.")
    if fingerprint is not None:
        given = fingerprint_of(fingerprint)
        if given != shown.fingerprint:
            raise Untrusted(changed(given), shown)
        return given
    if before == shown.fingerprint:
        return before
    if may_ask and not sys.stdin.isatty():
        raise Untrusted(reason, shown)
    return shown.fingerprint if may_ask and is_wanted(shown, reason) else None
