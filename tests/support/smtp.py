"""A mail server for tests: it takes real SMTP on a free port, keeps what it took, and can be told to be difficult."""

from __future__ import annotations

import asyncio
import email
import ssl
import threading
from email.message import EmailMessage
from email.policy import default
from types import TracebackType
from typing import Self, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from msgspec import Struct


class Received(Struct, frozen=True):
    """A message as it came, and how it was addressed."""

    sender: str
    recipient: str
    message: EmailMessage


class MailServer:
    """Runs in a thread of its own while the context is open.

    ``answers`` maps a recipient to what is said to it (``550 unknown``). ``at_data`` is said after the message was
    taken, instead of 250; ``hangs_up`` ends the connection there without a word.
    """

    def __init__(self, tls: ssl.SSLContext | None = None, password: str | None = None) -> None:
        self.received: list[Received] = []
        self.answers: dict[str, str] = {}
        self.at_data = ""
        self.hangs_up = False
        self.port = 0
        self.connections = 0
        self._tls = tls
        self._password = password
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail server of a test")

    def __enter__(self) -> Self:
        self._thread.start()
        self.open()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _tb: TracebackType | None
    ) -> None:
        self.close()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def open(self) -> None:
        """Listen again on the port that it had."""
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()

    def close(self) -> None:
        """Listen no longer: whoever comes is refused."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()

    def to(self, recipient: str) -> list[EmailMessage]:
        """What came for somebody."""
        return [one.message for one in self.received if one.recipient == recipient]

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        message = email.message_from_bytes(cast("bytes", envelope.content), policy=default)
        taken = not self.at_data
        if taken:
            self.received += [Received(envelope.mail_from or "", one, message) for one in envelope.rcpt_tos]
        if self.hangs_up:
            cast("asyncio.Transport", server.transport).abort()
        return self.at_data or "250 OK"

    async def _open(self) -> None:
        self._server = await self._loop.create_server(self._protocol, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await asyncio.sleep(0)

    def _protocol(self) -> SMTP:
        self.connections += 1
        return SMTP(
            self,
            loop=self._loop,
            tls_context=self._tls,
            require_starttls=self._tls is not None,
            auth_required=self._password is not None,
            authenticator=self._authenticate,
            enable_SMTPUTF8=True,
        )

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.password == (self._password or "").encode()
        return AuthResult(success=is_right, handled=False)
