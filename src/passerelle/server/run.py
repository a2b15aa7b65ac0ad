"""Runs the application on a socket until SIGTERM or Ctrl-C."""

from __future__ import annotations

import ipaddress
import logging
import signal
import socket
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import uvicorn
from msgspec import Struct

from passerelle.mail.delivery import Password
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.server.app import create_app
from passerelle.server.connection import Connection, LibraryLog
from passerelle.server.mailing import mailing
from passerelle.server.metrics import Metrics, serving
from passerelle.server.trail import Trail
from passerelle.server.upkeep import AUDIT_KEPT, daily
from passerelle.store import Store

GRACE_S = 10
"""How long answers under way may take to finish once the server is told to stop."""


class Listener(Struct, frozen=True, kw_only=True):
    """Where to listen. Port 0 takes a free one.

    TLS needs both files; without it only loopback is allowed, unless ``behind_proxy`` says that a proxy
    in front speaks TLS.
    """

    host: str = "127.0.0.1"
    port: int = 0
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False


class Watching(Struct, frozen=True, kw_only=True):
    """How the server is watched: where Prometheus reads (nowhere without a port), and how long the audit is kept.

    ``on_metrics`` gets the URL of the metrics.
    """

    metrics_host: str = "127.0.0.1"
    metrics_port: int | None = None
    on_metrics: Callable[[str], object] = str
    audit_kept: timedelta = AUDIT_KEPT


def serve(
    store: Store,
    listener: Listener,
    on_ready: Callable[[str], None],
    relay_password: Password,
    watching: Watching | None = None,
) -> None:
    """Serve until told to stop; ``on_ready`` gets the base URL once connections are accepted.

    ``relay_password`` reads the password of the mail relay when mail is sent.

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
    config = uvicorn.Config(
        create_app(store, metrics, trail),
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
    server = uvicorn.Server(config)
    metrics.watch_connections(lambda: len(server.server_state.connections))
    with ExitStack() as stack:
        bound = stack.enter_context(_bind(listener))
        if watching.metrics_port is not None:
            url = stack.enter_context(serving(metrics, watching.metrics_host, watching.metrics_port))
            watching.on_metrics(url)
        stack.enter_context(daily(store, watching.audit_kept))
        stack.enter_context(mailing(store, relay_password))
        stack.enter_context(trail.noting())
        scheme = "https" if listener.certificate else "http"
        host = f"[{listener.host}]" if ":" in listener.host else listener.host
        on_ready(f"{scheme}://{host}:{bound.getsockname()[1]}")
        for number in (signal.SIGTERM, signal.SIGINT):
            # uvicorn stops on these, then raises them again for whoever listened before: that we do so ends us cleanly
            signal.signal(number, lambda *_: None)
        server.run(sockets=[bound])


def _bind(listener: Listener) -> socket.socket:
    """A listening socket: whoever connects from now on is answered."""
    family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
    try:
        return socket.create_server((listener.host, listener.port), family=family, backlog=512)
    except OSError as error:
        message = Text(
            "Cannot listen on {host} port {port}: {reason}. Choose another one.",
            host=listener.host,
            port=listener.port,
            reason=str(error.strerror),
        )
        raise Misconfigured(message) from error


def is_loopback(host: str) -> bool:
    """Whether an address is one of this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
