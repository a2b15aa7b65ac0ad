"""Runs the application on a socket until SIGTERM or Ctrl-C."""

from __future__ import annotations

import ipaddress
import logging
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from types import FrameType

import uvicorn
from msgspec import Struct

from passerelle.mail.delivery import Password
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.server.app import Pages, create_app
from passerelle.server.connection import Connection, LibraryLog
from passerelle.server.limits import PATIENCE_S
from passerelle.server.mailing import mailing
from passerelle.server.metrics import Metrics, serving
from passerelle.server.push.hub import Hub, Teller
from passerelle.server.push.udp import DELAY_S, answering
from passerelle.server.trail import Trail
from passerelle.server.upkeep import AUDIT_KEPT, daily
from passerelle.store import Store

GRACE_S = 10
"""How long answers under way may take to finish once the server is told to stop."""


class Listener(Struct, frozen=True, kw_only=True):
    """Where to listen. Port 0 takes a free one.

    TLS needs both files; without it only loopback is allowed, unless ``behind_proxy`` says that a proxy
    in front speaks TLS. UDP push is off without ``push_port``; its events wait for ``push_delay_s`` seconds.
    """

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False
    push_port: int | None = None
    push_delay_s: float = DELAY_S


class Watching(Struct, frozen=True, kw_only=True):
    """How the server is watched: where Prometheus reads (nowhere without a port), and how long the audit is kept.

    ``on_metrics`` gets the URL of the metrics.
    """

    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    on_metrics: Callable[[str], object] = str
    audit_kept: timedelta = AUDIT_KEPT


class Ready(Struct, frozen=True, kw_only=True):
    """Where a server listens: the base URL, and the port for UDP push, if there is one."""

    url: str
    push_port: int | None


class HubServer(uvicorn.Server):
    """Ends event streams before it waits for answers under way, since they would never end by themselves."""

    def __init__(self, config: uvicorn.Config, hub: Teller) -> None:
        super().__init__(config)
        self._hub = hub

    def stop(self, _number: int, _frame: FrameType | None) -> None:
        """Handle a signal that comes before uvicorn listens to signals, or that it passes on."""
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self._hub.close()
        await super().shutdown(sockets)


def serve(
    store: Store,
    listener: Listener,
    on_ready: Callable[[Ready], None],
    relay_password: Password,
    watching: Watching | None = None,
    pages: Pages | None = None,
) -> None:
    """Serve until told to stop; ``on_ready`` is told where once connections are accepted.

    ``relay_password`` reads the password of the mail relay when mail is sent; ``pages`` makes the web pages.

    Raises:
        Misconfigured: the address is taken or not ours, or passwords would travel in the clear.
    """
    if listener.certificate is None and not listener.behind_proxy and not is_loopback(listener.host):
        message = Text(
            "Without TLS, passwords would cross the network in the clear, so {host} is refused. Give "
            "--certificate and --key, or --behind-proxy if a proxy in front speaks TLS.",
            host=listener.host,
        )
        raise Misconfigured(message)
    logging.basicConfig(handlers=[LibraryLog()], level=logging.WARNING)
    watching, metrics, trail = watching or Watching(), Metrics(), Trail(store)
    store.watched_by(metrics)
    hub = Hub(store)
    config = uvicorn.Config(
        create_app(store, metrics, trail, hub, pages),
        http=Connection,  # h11 bounds the size of headers, which httptools does not
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        proxy_headers=listener.behind_proxy,
        ssl_certfile=listener.certificate,
        ssl_keyfile=listener.key,
    )
    server = HubServer(config, hub)
    metrics.watch_connections(lambda: len(server.server_state.connections))
    with ExitStack() as stack:
        bound = stack.enter_context(listening_socket(listener.host, listener.port))
        if watching.metrics_port is not None:
            url = stack.enter_context(serving(metrics, watching.metrics_host, watching.metrics_port))
            watching.on_metrics(url)
        stack.enter_context(hub.running())
        push_port = stack.enter_context(_pushing(store, hub, listener))
        stack.enter_context(daily(store, watching.audit_kept))
        stack.enter_context(mailing(store, relay_password))
        stack.enter_context(trail.noting())
        for number in (signal.SIGTERM, signal.SIGINT):
            # uvicorn stops on these, then raises them again for whoever listened before: that we do so ends us cleanly
            signal.signal(number, server.stop)
        scheme = "https" if listener.certificate else "http"
        host = f"[{listener.host}]" if ":" in listener.host else listener.host
        on_ready(Ready(url=f"{scheme}://{host}:{bound.getsockname()[1]}", push_port=push_port))
        server.run(sockets=[bound])


def listening_socket(host: str, port: int) -> socket.socket:
    """A listening socket: whoever connects from now on is answered.

    Raises:
        Misconfigured: the address is taken or not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise _taken(host, port, error) from error
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux's; the connections that are accepted inherit it
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(PATIENCE_S * 1000))
    return bound


@contextmanager
def _pushing(store: Store, hub: Hub, listener: Listener) -> Iterator[int | None]:
    """UDP push while the block is open, if it is wanted; gives its port."""
    if listener.push_port is None:
        yield None
        return
    bound = socket.socket(socket.AF_INET6 if ":" in listener.host else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        bound.bind((listener.host, listener.push_port))
    except OSError as error:
        bound.close()
        raise _taken(listener.host, listener.push_port, error) from error
    port: int = bound.getsockname()[1]
    with answering(store, hub, bound, listener.push_delay_s):
        yield port


def _taken(host: str, port: int, error: OSError) -> Misconfigured:
    return Misconfigured(
        Text(
            "Cannot listen on {host} port {port}: {reason}. Choose another one.",
            host=host,
            port=port,
            reason=str(error.strerror),
        )
    )


def is_loopback(host: str) -> bool:
    """Whether an address is one of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
