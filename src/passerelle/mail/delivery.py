"""Hands messages to a relay (RFC 5321, 6409), one after the other over one connection.

What became of a message is known, or is to be found out by trying again: a connection that breaks after the message
was sent, and before the relay has taken it, leads to a repetition with the same ``Message-ID``.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import aiosmtplib
from aiosmtplib import SMTP
from msgspec import Struct

from passerelle.groupware.mail_settings import Relay, Security
from passerelle.mail.compose import ascii_domain
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text

STEP_S: Final = 30.0
"""How long the relay may take for one step of the conversation."""
MESSAGE_S: Final = 120.0
"""How long it may take for one message: far less than a claim in the outbox holds."""
_PERMANENT: Final = 500
_TOO_LARGE: Final = 552


class Accepted(Struct, frozen=True):
    """The relay has taken the message."""


class Later(Struct, frozen=True):
    """It may be taken later."""

    reason: Text


class Never(Struct, frozen=True):
    """The relay refuses this message for good."""

    reason: Text


Outcome = Accepted | Later | Never


class Envelope(Struct, frozen=True):
    """A message on its way to one recipient."""

    recipient: str
    message: bytes


Password = Callable[[], str]
"""Reads the relay's password when it is needed, so that a new one is used without a restart. Raises Misconfigured."""


class Conversation:
    """What is said to a relay for a while. A relay that cannot be talked to is not asked again meanwhile."""

    def __init__(self, relay: Relay, password: Password) -> None:
        self._relay = relay
        self._password = password
        self._client: SMTP | None = None
        self._trouble: Later | None = None

    async def deliver(self, envelope: Envelope) -> Outcome:
        """Hand a message to the relay; return what became of it."""
        client = await self._connected()
        if isinstance(client, Later):
            return client
        try:
            async with asyncio.timeout(MESSAGE_S):
                await _send(client, self._relay.sender, envelope)
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            if not client.is_connected or isinstance(error, OSError):
                client.close()
                self._client = None
            return outcome_of(error, self._relay)
        return Accepted()

    async def leave(self) -> None:
        """End the conversation politely."""
        if self._client is not None:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit()

    async def _connected(self) -> SMTP | Later:
        if self._client is None and self._trouble is None:
            try:
                self._client = await _connect(_client(self._relay, self._password))
            except (aiosmtplib.SMTPException, OSError, ValueError, Misconfigured) as error:
                self._trouble = trouble_of(error, self._relay)
        return self._client or self._trouble or Later(Text("It was not tried."))


def outcome_of(error: Exception, relay: Relay) -> Outcome:
    """What a failure means for a message. Only refusals of the recipient or of the message itself are final."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        refused = error.recipients[0]
        return _refusal(refused.code, refused.message)
    if isinstance(error, aiosmtplib.SMTPDataError):
        return _refusal(error.code, error.message)
    if isinstance(error, aiosmtplib.SMTPSenderRefused) and error.code == _TOO_LARGE:
        return _refusal(error.code, error.message)
    if isinstance(error, aiosmtplib.SMTPNotSupported | ValueError):
        return Never(Text("The mail server cannot take this address or message: {reason}", reason=str(error)))
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return Later(_said(error.code, error.message))
    return trouble_of(error, relay)


def trouble_of(error: Exception, relay: Relay) -> Later:
    """What keeps us from talking to a relay: the administrator's to repair, so that mail waits."""
    if isinstance(error, Misconfigured):
        return Later(error.text)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return Later(_said(error.code, error.message))
    host, port = relay.host, relay.port
    if isinstance(error, TimeoutError):
        return Later(Text("The mail server {host}:{port} did not answer in time.", host=host, port=port))
    return Later(
        Text("The mail server {host}:{port} cannot be reached: {reason}", host=host, port=port, reason=str(error))
    )


def _refusal(code: int, message: str) -> Outcome:
    return Never(_said(code, message)) if code >= _PERMANENT else Later(_said(code, message))


def _said(code: int, message: str) -> Text:
    return Text("The mail server answers: {code} {message}", code=code, message=" ".join(message.split())[:300])


async def _connect(client: SMTP) -> SMTP:
    """Connect and log in, or leave nothing open."""
    try:
        async with asyncio.timeout(MESSAGE_S):
            await client.connect()
    except BaseException:
        client.close()
        raise
    return client


async def _send(client: SMTP, sender: str, envelope: Envelope) -> None:
    recipient = mailbox(envelope.recipient)
    options = [] if recipient.isascii() else ["SMTPUTF8"]
    await client.sendmail(mailbox(sender), [recipient], envelope.message, mail_options=options)


def mailbox(address: str) -> str:
    """An address for the envelope, its domain in ASCII."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{ascii_domain(domain)}"


def _client(relay: Relay, password: Password) -> SMTP:
    encrypted = relay.security is not Security.NONE
    return SMTP(
        hostname=relay.host,
        port=relay.port,
        use_tls=relay.security is Security.TLS,
        start_tls=relay.security is Security.STARTTLS,
        tls_context=ssl.create_default_context(cafile=relay.authority or None) if encrypted else None,
        username=relay.login or None,
        password=password() if relay.login else None,
        timeout=STEP_S,
    )
