"""How mail leaves an organisation: through which relay, and whether people are told of changes at all.

The relay's password is no part of it: it lies in a file of its own that only the server reads.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec
from msgspec import Struct

from passerelle.groupware.contacts import is_address
from passerelle.model.errors import Invalid
from passerelle.model.text import Text
from passerelle.store import Reading, Writing

_SETTING = "mail"
_HIGHEST_PORT = 65535


class Security(StrEnum):
    """How the connection to a relay is protected."""

    STARTTLS = "starttls"
    """Encrypted before anything is said (RFC 3207); no mail leaves where that fails."""
    TLS = "tls"
    """Encrypted from the beginning (RFC 8314)."""
    NONE = "none"


class Relay(Struct, frozen=True, kw_only=True):
    """A mail server that takes our mail (RFC 6409), and the address that mail comes from.

    ``authority`` is a PEM file with the certificate authorities to trust instead of the system's.
    """

    host: str
    port: int
    sender: str
    security: Security = Security.STARTTLS
    login: str = ""
    authority: str = ""


class MailSettings(Struct, frozen=True, kw_only=True):
    """Without a relay mail waits. ``notices`` False: nobody is told of changes, and nobody is invited by mail."""

    relay: Relay | None = None
    notices: bool = True


def settings(tx: Reading) -> MailSettings:
    """What the administrator has chosen, or the defaults."""
    return tx.sync.get(_SETTING, MailSettings) or MailSettings()


def use_relay(tx: Writing, relay: Relay | None) -> None:
    """Let mail leave through a relay from now on; None keeps it.

    Raises:
        Invalid: the sender is no mail address, or the port is none.
    """
    if relay is not None and not is_address(relay.sender):
        raise Invalid(Text("“{email}” is no mail address.", email=relay.sender), "sender")
    if relay is not None and not 0 < relay.port <= _HIGHEST_PORT:
        raise Invalid("Give the port of the mail server as a number from 1 to 65535.", "port")
    tx.sync.set(_SETTING, msgspec.structs.replace(settings(tx), relay=relay))


def tell_of_changes(tx: Writing, *, notices: bool) -> None:
    """Switch notices and invitations on or off for everybody."""
    tx.sync.set(_SETTING, msgspec.structs.replace(settings(tx), notices=notices))
