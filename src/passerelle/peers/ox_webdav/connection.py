"""HTTP to one server for one login: streamed answers, bounded, never redirected, and nothing carried out twice.

The only module of this peer that does I/O.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import BinaryIO, final

import httpx2

from passerelle import __version__
from passerelle.model.errors import PasserelleError, Unreachable
from passerelle.model.text import Text
from passerelle.peers.base import Traffic
from passerelle.peers.line.address import check_address, is_loopback
from passerelle.peers.line.failures import translated
from passerelle.peers.line.patience import USUAL, Patience
from passerelle.peers.line.settings import NO_SECRETS, Line, LineSecrets
from passerelle.peers.line.transport import LineTransport
from passerelle.peers.ox_webdav.statuses import failure_of
from passerelle.wire.oxxml.extension import LINEAGE_HEADER

Failure = Callable[[httpx2.Response, datetime], PasserelleError | None]
"""Says why an answer is none; None where it is one."""

_PIECE_BYTES = 256 * 1024
MAX_ANSWER_BYTES = 4 * 1024**3
"""Answers are streamed and may be long; one without end is cut off here."""


@final
class Answer:
    """An answer of status 207 (or 200) whose body is read piece by piece, once."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response

    @property
    def now_ms(self) -> int | None:
        """The server's clock when it answered, in milliseconds since 1970, to the second; None if it did not say."""
        try:
            return int(parsedate_to_datetime(self._response.headers["Date"]).timestamp() * 1000)
        except (KeyError, ValueError):
            return None

    @property
    def media_type(self) -> str:
        """What it says to be, without parameters."""
        return _media_type(self._response)

    def pieces(self) -> Iterator[bytes]:
        """The body, decompressed.

        Raises:
            Unreachable: the connection broke, or the answer does not end.
        """
        size = 0
        with translated():
            for piece in self._response.iter_bytes(_PIECE_BYTES):
                size += len(piece)
                if size > MAX_ANSWER_BYTES:
                    raise Unreachable(
                        Text(
                            "The server's answer is longer than {most} bytes.",
                            most=MAX_ANSWER_BYTES,
                        )
                    )
                yield piece


@final
class Stream:
    """An answer that goes on as long as both sides like."""

    def __init__(self, client: httpx2.Client, response: httpx2.Response) -> None:
        self._client = client
        self._response = response

    @property
    def media_type(self) -> str:
        """What it says to be, without parameters."""
        return _media_type(self._response)

    def pieces(self) -> Iterator[bytes]:
        """What comes, as it comes. Ends when the server ends it.

        Raises:
            Unreachable: it broke, or was silent for too long.
        """
        with translated():
            yield from self._response.iter_raw()

    def hang_up(self) -> None:
        """Wake whoever reads, and end it; may be called by any thread."""
        carrier = self._response.extensions.get("network_stream")
        line = None if carrier is None else carrier.get_extra_info("socket")
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Free the connection; to be called by the thread that reads."""
        self._response.close()
        self._client.close()


@final
class Connection:
    """A login at a server. Requests go one after the other over one connection that is kept open."""

    def __init__(
        self,
        url: str,
        login: str,
        password: str,
        *,
        allow_plain: bool = False,
        line: Line = Line(),  # noqa: B008 - a frozen value
        passwords: LineSecrets = NO_SECRETS,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.address = check_address(url, allow_plain=allow_plain)
        self._auth = httpx2.BasicAuth(login, password)
        self._transport = transport
        self._line = line
        self._passwords = passwords
        self._client = self._client_for(USUAL)
        self._requests = self._sent = self._received = 0
        self.lineage: str | None = None
        """What the server last called the history of its data; None where it does not say."""

    def _client_for(self, patience: Patience) -> httpx2.Client:
        headers = {
            "User-Agent": f"Passerelle/{__version__}",
            "Content-Type": "text/xml; charset=UTF-8",
            LINEAGE_HEADER: "?",
        }
        if is_loopback(self.address.host):  # compressing costs both ends, and spares no line anything
            headers["Accept-Encoding"] = "identity"
        return httpx2.Client(
            auth=self._auth,
            headers=headers,
            timeout=httpx2.Timeout(patience.window_s, connect=patience.connect_s),
            follow_redirects=False,
            trust_env=False,
            transport=self._transport or LineTransport(self.address, self._line, self._passwords, patience),
        )

    @property
    def traffic(self) -> Traffic:
        """What the requests so far have cost."""
        return Traffic(self._requests, self._sent, self._received)

    @contextmanager
    def ask(
        self,
        method: str,
        path: str,
        body: bytes | BinaryIO,
        headers: Mapping[str, str] = MappingProxyType({}),
        failure: Failure = failure_of,
    ) -> Iterator[Answer]:
        """Send one request, once, and hand out its answer while the connection is open.

        A stream is sent from its beginning to its end.

        Raises:
            Unreachable: the server did not answer, or cannot at the moment; it may say when to ask again.
            Unauthenticated: it, or the proxy on the way, does not accept the login.
            Forbidden, TooLarge, Refused: it refuses the request as a whole.
            Untrusted, Misconfigured: its certificate is not trusted, or it sends us elsewhere.
        """
        response = self._send(method, path, body, headers)
        try:
            error = failure(response, datetime.now(UTC))
            if error is not None:
                raise error
            self.lineage = response.headers.get(LINEAGE_HEADER)
            yield Answer(response)
        finally:
            response.close()
            self._received += response.num_bytes_downloaded

    def _send(self, method: str, path: str, body: bytes | BinaryIO, headers: Mapping[str, str]) -> httpx2.Response:
        """Send a request; once more where it was not carried out because a session had ended.

        Servers bind the session of a cookie to our network address; who takes the laptop elsewhere is logged out
        (OX reference, section 2.2). The password logs in anew.
        """
        response = self._send_once(method, path, body, headers)
        if response.status_code != 401 or not self._client.cookies:  # noqa: PLR2004 - the status itself
            return response
        response.close()
        self._client.cookies.clear()
        return self._send_once(method, path, body, headers)

    def _send_once(self, method: str, path: str, body: bytes | BinaryIO, headers: Mapping[str, str]) -> httpx2.Response:
        self._requests += 1
        self._sent += len(body) if isinstance(body, bytes) else _rewound(body)
        url = f"{self.address}/servlet/webdav.{path}"
        request = self._client.build_request(method, url, content=body, headers=headers)
        with translated():
            return self._client.send(request, stream=True)

    def open_stream(self, path: str, headers: Mapping[str, str], silence_s: float) -> Stream:
        """Ask for a stream that stays open, and may be silent for so many seconds; to be closed by the caller.

        Raises:
            As :meth:`ask`.
        """
        client = self._client_for(Patience(window_s=silence_s, least_bytes=1))
        try:
            with translated():
                request = client.build_request("GET", f"{self.address}{path}", headers=headers)
                response = client.send(request, stream=True)
        except BaseException:
            client.close()
            raise
        stream = Stream(client, response)
        error = failure_of(response, datetime.now(UTC))
        if error is not None:
            stream.close()
            raise error
        return stream

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _media_type(response: httpx2.Response) -> str:
    said: str = response.headers.get("Content-Type", "")
    return said.partition(";")[0].strip().lower()


def _rewound(stream: BinaryIO) -> int:
    """How many bytes a stream has, which is at its beginning again."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return size
