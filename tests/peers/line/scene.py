"""A small server and a proxy on sockets of this machine, which remember all that they were told."""

from __future__ import annotations

import base64
import select
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import BaseRequestHandler, StreamRequestHandler, ThreadingTCPServer
from threading import Thread

from passerelle.peers.line.address import check_address
from passerelle.peers.line.patience import Patience
from passerelle.peers.line.settings import Line, LineSecrets
from passerelle.peers.line.transport import LineTransport
from passerelle.peers.ox_webdav import Connection
from tests.support.certificates import Made

ANSWER = b"<answer/>"
LOGIN, PASSWORD = "anton", "a secret"


@dataclass
class Heard:
    """What a server got: the connections, and each request's headers."""

    greeted: int = 0
    requests: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def _running(server: _Quiet) -> Iterator[str]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def https_server(
    certificate: Made | None,
    directory: Path,
    *,
    client_authority: Path | None = None,
    newest: ssl.TLSVersion = ssl.TLSVersion.MAXIMUM_SUPPORTED,
) -> Iterator[tuple[str, Heard]]:
    """A server that answers all; without a certificate one of plain http. With an authority it asks who we are."""
    heard = Heard()
    context = None if certificate is None else _server_context(certificate, directory, client_authority, newest)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # or each answer waits 40 ms for the client to acknowledge its head

        def do_PROPFIND(self) -> None:
            heard.requests.append({name.lower(): value for name, value in self.headers.items()})
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(207)
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name of the base class
            """Be silent."""

    def greet() -> None:
        heard.greeted += 1

    with _running(_Quiet(Handler, context, greet)) as url:
        yield url, heard


class _Quiet(ThreadingTCPServer):
    """A server that says nothing of clients who go away."""

    def __init__(
        self,
        handler: type[BaseRequestHandler],
        context: ssl.SSLContext | None = None,
        greet: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self._context = context
        self._greet = greet

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"{'http' if self._context is None else 'https'}://127.0.0.1:{self.server_address[1]}"

    def finish_request(self, request: object, client_address: object) -> None:
        """Speak TLS before anything else, if there is a certificate."""
        self._greet()
        assert isinstance(request, socket.socket)
        with request if self._context is None else self._context.wrap_socket(request, server_side=True) as encrypted:
            super().finish_request(encrypted, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that do not trust us break the line off."""


def _server_context(
    certificate: Made, directory: Path, client_authority: Path | None, newest: ssl.TLSVersion
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate.write(directory, f"server-{certificate.fingerprint[:8]}"))
    if newest < ssl.TLSVersion.TLSv1_2:
        context.minimum_version = newest
        context.set_ciphers("DEFAULT@SECLEVEL=0")
    context.maximum_version = newest
    if client_authority is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_authority)
    return context


@dataclass
class Told:
    """What a proxy was asked for: the first line of each request, and who asked."""

    lines: list[str] = field(default_factory=list)
    logins: list[str | None] = field(default_factory=list)
    passed_on: bytes = b""


@contextmanager
def proxy(login: str | None = None, context: ssl.SSLContext | None = None) -> Iterator[tuple[str, Told]]:
    """A proxy that tunnels to everywhere, to those who know the login (``name:password``) if there is one."""
    told = Told()

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            head = _head(self)
            first, *headers = head.decode().split("\r\n")
            known = dict(line.split(": ", 1) for line in headers if line)
            sent = {name.lower(): value for name, value in known.items()}.get("proxy-authorization")
            given = None if sent is None else base64.b64decode(sent.removeprefix("Basic ")).decode()
            told.lines.append(first)
            told.logins.append(given)
            if login is not None and given != login:
                answer = b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n"
                self.request.sendall(answer + b"Content-Length: 0\r\n\r\n")
                return
            method, target, _ = first.split(" ")
            host = target if method == "CONNECT" else target.split("/")[2]
            with socket.create_connection((host.rpartition(":")[0], int(host.rpartition(":")[2]))) as there:
                if method == "CONNECT":
                    self.request.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                else:
                    there.sendall(head)
                _relay(self.request, there, told)

    with _running(_Quiet(Handler, context)) as url:
        yield url, told


def _head(handler: StreamRequestHandler) -> bytes:
    """The request line and headers, byte by byte so that nothing of the tunnel is eaten."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        piece = handler.request.recv(1)
        if not piece:
            return head
        head += piece
    return head


def _relay(here: socket.socket, there: socket.socket, told: Told) -> None:
    """Pass on both ways until one side ends."""
    with suppress(OSError):
        while True:
            pending = isinstance(here, ssl.SSLSocket) and here.pending()
            ready = [here] if pending else select.select([here, there], [], [], 10)[0]
            if not ready:
                return
            for one in ready:
                piece = one.recv(65536)
                if not piece:
                    return
                if one is here:
                    told.passed_on += piece
                (there if one is here else here).sendall(piece)


@contextmanager
def raw_server(converse: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server of plain http that says just what the test says, to one connection after the other."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                converse(self.request)

    with _running(_Quiet(Handler)) as url:
        yield url


def ask(
    url: str,
    line: Line = Line(),  # noqa: B008 - a frozen value
    passwords: LineSecrets = LineSecrets(),  # noqa: B008 - a frozen value
    patience: Patience | None = None,
) -> bytes:
    """The answer to one request."""
    transport = None if patience is None else LineTransport(check_address(url), line, passwords, patience)
    connection = Connection(url, LOGIN, PASSWORD, line=line, passwords=passwords, transport=transport)
    try:
        with connection.ask("PROPFIND", "folders", b"<x/>") as answer:
            return b"".join(answer.pieces())
    finally:
        connection.close()
