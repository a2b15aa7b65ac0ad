"""The transport of an HTTP client: over the proxy, to nobody but the server that we trust, with patience.

Built on httpcore2's public interface, for httpx2's own transport lets nobody see the certificate before it sends the
password. Nothing is ever sent twice, and no redirection is followed.
"""

from __future__ import annotations

import hashlib
import ssl
from collections.abc import Iterable, Iterator
from typing import Protocol, cast, final

import httpcore2
import httpx2

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.peers.line.certificates import Certificate, Untrusted, changed, read_certificate, reason_of
from passerelle.peers.line.failures import refusal_of
from passerelle.peers.line.patience import USUAL, Backend, Patience
from passerelle.peers.line.proxies import proxy_to
from passerelle.peers.line.settings import NO_SECRETS, Line, LineSecrets
from passerelle.peers.line.trust import authorities, server_context, show_who_we_are, unverified

_KEEPALIVE_S = 4.0
"""Less than the five seconds after which usual servers close idle connections, so that ours is never stale."""
_CONNECTIONS = 2


@final
class LineTransport(httpx2.BaseTransport):
    """Carries the requests of one client to one server.

    Raises:
        Misconfigured: the proxy, a file of certificates or the client certificate cannot be used.
    """

    def __init__(
        self, server: httpx2.URL, line: Line, passwords: LineSecrets = NO_SECRETS, patience: Patience = USUAL
    ) -> None:
        if server.scheme == "http" and (line.fingerprint or line.client_certificate):
            raise Misconfigured(
                Text(
                    "{address} is not encrypted, so nobody shows a certificate there. Use https, or take the "
                    "certificates out of the account's settings.",
                    address=str(server),
                )
            )
        self._server = server
        self._line = line
        self._passwords = passwords
        self._patience = patience
        # plain http needs no context, and to read all authorities would be a twentieth of a connector's start
        context = server_context(line, passwords) if server.scheme == "https" else None
        self._pool = _pool(server, line, passwords, Backend(patience, _Greeting(context, line.fingerprint)), context)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Carry one request; httpx2 calls this.

        Raises:
            Untrusted: the server's certificate is not trusted; nothing was sent.
            Misconfigured: TLS is not possible with this server, or the proxy is not trusted.
            httpcore2's errors: :func:`~passerelle.peers.line.failures.translated` says them in our words.
        """
        asked = httpcore2.Request(
            method=request.method,
            url=httpcore2.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=cast("Iterable[bytes]", request.stream),
            extensions=request.extensions,
        )
        try:
            answer = self._pool.handle_request(asked)
        except _NotVouchedFor as error:
            shown = seen_certificate(self._server, self._line, self._passwords, self._patience)
            raise Untrusted(reason_of(error.cause), shown) from error
        body = _Body(cast("_Pieces", answer.stream))
        return httpx2.Response(answer.status, headers=answer.headers, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def seen_certificate(
    server: httpx2.URL, line: Line, passwords: LineSecrets = NO_SECRETS, patience: Patience = USUAL
) -> Certificate:
    """The certificate that a server shows on this line; nothing is sent to the server.

    Raises:
        Misconfigured: it speaks no TLS.
        httpcore2's errors: it cannot be reached.
    """
    found = _look(server, line, passwords, patience, unverified())
    return read_certificate(found)


def is_vouched_for(
    server: httpx2.URL, line: Line, passwords: LineSecrets = NO_SECRETS, patience: Patience = USUAL
) -> bool:
    """Whether an authority vouches for the certificate that a server shows; raises as :func:`seen_certificate`."""
    try:
        _look(server, line, passwords, patience, authorities(line))
    except _NotVouchedFor:
        return False
    return True


def _look(server: httpx2.URL, line: Line, passwords: LineSecrets, patience: Patience, context: ssl.SSLContext) -> bytes:
    """The certificate that is shown to this context; the line is broken off before anything is said."""
    show_who_we_are(context, line, passwords)
    with _pool(server, line, passwords, Backend(patience, _Looking(context)), context) as pool:
        try:
            pool.request("OPTIONS", str(server), extensions={"timeout": {"connect": patience.connect_s}})
        except _Seen as seen:
            return seen.der
    raise Misconfigured(Text("{address} shows no certificate, for it is not encrypted.", address=str(server)))


class _Pieces(Protocol):
    """The body of an answer as httpcore2 hands it out."""

    def __iter__(self) -> Iterator[bytes]: ...

    def close(self) -> None: ...


@final
class _Body(httpx2.SyncByteStream):
    """The body of an answer as httpx2 takes it."""

    def __init__(self, pieces: _Pieces) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces

    def close(self) -> None:
        self._pieces.close()


def _pool(
    server: httpx2.URL, line: Line, passwords: LineSecrets, backend: Backend, context: ssl.SSLContext | None
) -> httpcore2.ConnectionPool:
    proxy = proxy_to(server, line.proxy, passwords.proxy)
    if proxy is None:
        return httpcore2.ConnectionPool(
            ssl_context=context,
            max_connections=_CONNECTIONS,
            keepalive_expiry=_KEEPALIVE_S,
            network_backend=backend,
        )
    return httpcore2.HTTPProxy(
        proxy_url=str(proxy.address),
        proxy_auth=None if proxy.login is None else (proxy.login[0].encode(), proxy.login[1].encode()),
        ssl_context=context,
        proxy_ssl_context=authorities(line) if proxy.address.scheme == "https" else None,
        max_connections=_CONNECTIONS,
        keepalive_expiry=_KEEPALIVE_S,
        network_backend=backend,
    )


class _NotVouchedFor(Exception):
    """No authority vouches for the server."""

    def __init__(self, cause: ssl.SSLCertVerificationError) -> None:
        super().__init__(str(cause))
        self.cause = cause


class _Seen(Exception):
    """A certificate was shown."""

    def __init__(self, der: bytes) -> None:
        super().__init__()
        self.der = der


class _Meeting:
    """How a server is met, and a proxy, for which authorities vouch whatever is trusted of the server."""

    def __init__(self, server: ssl.SSLContext | None) -> None:
        self._server = server

    def failed(self, context: ssl.SSLContext, error: ssl.SSLError) -> None:
        if isinstance(error, ssl.SSLCertVerificationError):
            if context is self._server:
                raise _NotVouchedFor(error) from error
            raise Misconfigured(
                Text(
                    "The proxy's certificate is not trusted: {error}. Its authority can be given with --ca-file.",
                    error=error.verify_message or str(error),
                )
            ) from error
        refusal = refusal_of(error)
        if refusal is not None:
            raise refusal from error


@final
class _Greeting(_Meeting):
    """Compares the server's certificate with the trusted one, if there is one."""

    def __init__(self, server: ssl.SSLContext | None, fingerprint: str | None) -> None:
        super().__init__(server)
        self._fingerprint = fingerprint

    def met(self, context: ssl.SSLContext, der: bytes | None) -> None:
        if context is not self._server or self._fingerprint is None:
            return
        shown = der or b""
        if hashlib.sha256(shown).hexdigest() != self._fingerprint:
            raise Untrusted(changed(self._fingerprint), read_certificate(shown))


@final
class _Looking(_Meeting):
    """Sees the server's certificate, and says nothing."""

    def met(self, context: ssl.SSLContext, der: bytes | None) -> None:
        if context is self._server:
            raise _Seen(der or b"")
