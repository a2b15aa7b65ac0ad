"""HTTP to one server for one login: streamed answers, bounded, never sent twice, never redirected.

The only module of this peer that does I/O.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from typing import final

import httpx2

from passerelle import __version__
from passerelle.model.errors import Forbidden, Misconfigured, Refused, Unauthenticated, Unreachable
from passerelle.model.text import Text
from passerelle.peers.base import TooLarge, Traffic
from passerelle.peers.ox_webdav.address import check_address, is_loopback

_TIMEOUT = httpx2.Timeout(60.0, connect=10.0)
"""Seconds: a server may think for a minute before it begins to answer, and between two pieces."""
_KEEPALIVE_S = 4.0
"""Less than the five seconds after which usual servers close idle connections, so that ours is never stale."""
_PIECE_BYTES = 256 * 1024
MAX_ANSWER_BYTES = 4 * 1024**3
"""Answers are streamed and may be long; one without end is cut off here."""


class NoInterface(Unreachable):
    """There is nothing of OX at the address, or not at the moment. That an object is gone is said in an answer."""


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

    def pieces(self) -> Iterator[bytes]:
        """The body, decompressed.

        Raises:
            Unreachable: the connection broke, or the answer does not end.
        """
        size = 0
        with _translated():
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
class Connection:
    """A login at a server. Requests go one after the other over one connection that is kept open."""

    def __init__(
        self,
        url: str,
        login: str,
        password: str,
        *,
        allow_plain: bool = False,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.address = check_address(url, allow_plain=allow_plain)
        self._client = httpx2.Client(
            auth=httpx2.BasicAuth(login, password),
            headers={"User-Agent": f"Passerelle/{__version__}", "Content-Type": "text/xml; charset=UTF-8"},
            timeout=_TIMEOUT,
            limits=httpx2.Limits(max_connections=2, keepalive_expiry=_KEEPALIVE_S),
            follow_redirects=False,
            trust_env=not is_loopback(self.address.host),
            verify=self.address.scheme == "https",  # else all authorities are read: a twentieth of a connector's start
            transport=transport,
        )
        self._requests = self._sent = self._received = 0

    @property
    def traffic(self) -> Traffic:
        """What the requests so far have cost."""
        return Traffic(self._requests, self._sent, self._received)

    @contextmanager
    def ask(self, method: str, path: str, body: bytes) -> Iterator[Answer]:
        """Send one request, once, and hand out its answer while the connection is open.

        Raises:
            Unreachable: the server did not answer, or cannot at the moment.
            Unauthenticated: it does not accept the login.
            Forbidden, TooLarge, Refused: it refuses the request as a whole.
            Misconfigured: it sends us elsewhere, or its certificate is not trusted.
        """
        self._requests += 1
        self._sent += len(body)
        url = f"{self.address}/servlet/webdav.{path}"
        with _translated():
            response = self._client.send(self._client.build_request(method, url, content=body), stream=True)
        try:
            _check_status(response)
            yield Answer(response)
        finally:
            response.close()
            self._received += response.num_bytes_downloaded

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Failures of the network as ours."""
    try:
        yield
    except httpx2.ConnectError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise Misconfigured(Text("The server's certificate is not trusted: {error}.", error=str(error))) from error
        raise Unreachable(Text("The server cannot be reached: {error}.", error=str(error))) from error
    except httpx2.TimeoutException as error:
        raise Unreachable("The server did not answer in time.") from error
    except httpx2.HTTPError as error:
        raise Unreachable(Text("The connection to the server broke off: {error}.", error=str(error))) from error


def _check_status(response: httpx2.Response) -> None:
    """Raise unless the answer is one; inner statuses are another matter (OX reference, section 2.3)."""
    status = response.status_code
    if status in {200, 207}:
        return
    if response.is_redirect:
        target = response.headers.get("Location", "another address")
        raise Misconfigured(Text("The server sends us to {target}. Use that address if you trust it.", target=target))
    message = Text("The server answers {status} {phrase}.", status=status, phrase=response.reason_phrase)
    if status == 401:  # noqa: PLR2004 - the status itself
        raise Unauthenticated("The server does not accept the login or the password.")
    if status in {404, 405, 410}:
        raise NoInterface(message)
    refusal = _REFUSALS.get(status)
    raise Unreachable(message) if refusal is None else refusal(message)


_REFUSALS: Mapping[int, type[Refused]] = {
    400: Refused,
    403: Forbidden,
    409: Refused,
    413: TooLarge,
}
