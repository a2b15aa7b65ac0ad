"""``passerelle server init`` and ``run``."""

from __future__ import annotations

import ssl
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from starlette.types import ASGIApp

from passerelle.cli.lasting import settle_in
from passerelle.cli.logs import log_to_stderr
from passerelle.cli.options import ServerData, server_directory
from passerelle.cli.output import announce, say
from passerelle.cli.server.opening import create_store, open_store
from passerelle.cli.server.relay_password import relay_password
from passerelle.desk.app import create_desk
from passerelle.desk.entrance import Entrance
from passerelle.groupware import provision
from passerelle.model.errors import Invalid, Misconfigured, Missing
from passerelle.model.text import Text
from passerelle.server.auth import Authenticator
from passerelle.server.push.hub import Hub
from passerelle.server.run import Listener, Ready, Watching, serve
from passerelle.server.upkeep import AUDIT_KEPT

HIGHEST_PORT = 65535
LONGEST_DELAY_S = 3600
_MOST_DAYS = 36_500


def init(*, data: ServerData = None, database: str | None = None) -> int:
    """Make an empty server in a directory.

    Args:
        data: Where.
        database: A postgresql:// URL of an empty database for many users; default: SQLite in the directory.
    """
    directory = server_directory(data)
    with create_store(data, database) as store:
        provision.initialise(store)
    say(
        Text(
            "Made a server in {directory}. Next: passerelle server user add LOGIN --name NAME --email ADDRESS",
            directory=str(directory),
        )
    )
    return 0


def run(  # noqa: PLR0913 - the options of a command
    *,
    data: ServerData = None,
    host: str = "127.0.0.1",
    port: int = 8080,
    certificate: Path | None = None,
    key: Path | None = None,
    behind_proxy: Annotated[bool, Parameter(negative="")] = False,
    metrics_host: str = "127.0.0.1",
    metrics_port: int | None = None,
    audit_days: Annotated[int, Parameter(env_var="PASSERELLE_AUDIT_DAYS")] = AUDIT_KEPT.days,
    push_port: int | None = None,
    push_delay: float = 120,
) -> int:
    """Answer clients until SIGTERM or Ctrl-C. Prints "listening on URL" when ready, "metrics on URL" before.

    Args:
        data: The server's directory.
        host: Address to listen on; other than loopback needs TLS.
        port: Port to listen on; 0 takes a free one.
        certificate: TLS certificate chain (PEM).
        key: Its private key (PEM).
        behind_proxy: A proxy in front speaks TLS and sets X-Forwarded-For.
        metrics_host: Address where Prometheus may read metrics; whoever reaches it sees them.
        metrics_port: Port of the metrics, 0 for a free one; without it there are none.
        audit_days: How many days logins and administrators' commands are kept.
        push_port: Tell old clients of changes over UDP, without password or encryption, from this port (44335).
        push_delay: Seconds that a change waits for further ones in the same folder before UDP tells of it.
    """
    _check(port, certificate, key)
    _check_watching(metrics_port, audit_days)
    _check_push(push_port, push_delay)
    log_to_stderr()
    listener = Listener(
        host=host,
        port=port,
        certificate=certificate,
        key=key,
        behind_proxy=behind_proxy,
        push_port=push_port,
        push_delay_s=push_delay,
    )
    with open_store(data) as store:
        store.sweep()
        provision.settle(store)
        password = relay_password(server_directory(data))
        watching = Watching(
            metrics_host=metrics_host,
            metrics_port=metrics_port,
            on_metrics=lambda url: announce(f"metrics on {url}"),
            audit_kept=timedelta(days=audit_days),
        )

        def pages(authenticator: Authenticator, hub: Hub) -> ASGIApp:
            return create_desk(Entrance(store, authenticator), hub)

        settle_in()
        serve(store, listener, _announce, password, watching, pages)
    return 0


def _announce(ready: Ready) -> None:
    """Print where the server is."""
    if ready.push_port is not None:
        announce(f"pushing from UDP port {ready.push_port}")
    announce(f"listening on {ready.url}")


def _check_push(port: int | None, delay_s: float) -> None:
    """Find out whether UDP push can work as it is wanted.

    Raises:
        Invalid: the port or the delay is none.
    """
    if port is not None and not 0 <= port <= HIGHEST_PORT:
        raise Invalid("Give --push-port as a number from 1 to 65535, or 0 for a free one.", "push_port")
    if not 0 <= delay_s <= LONGEST_DELAY_S:
        raise Invalid("Give --push-delay as a number of seconds from 0 to 3600.", "push_delay")


def _check(port: int, certificate: Path | None, key: Path | None) -> None:
    """Find out before a server runs that could not answer.

    Raises:
        Invalid: the port is none.
        Misconfigured: the certificate cannot be used.
    """
    if not 0 <= port <= HIGHEST_PORT:
        raise Invalid("Give --port as a number from 1 to 65535, or 0 for a free one.", "port")
    if certificate is None:
        if key is not None:
            raise Missing("--key belongs to a certificate. Give --certificate, too.", "certificate")
        return
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, key, _no_password)
    except OSError as error:
        reason = str(error.strerror or error)
        message = Text(
            "The certificate and its key cannot be used: {reason}. Give PEM files that belong together, the key "
            "without a password.",
            reason=reason,
        )
        raise Misconfigured(message) from error


def _check_watching(metrics_port: int | None, audit_days: int) -> None:
    """Find out before a server runs that could not be watched.

    Raises:
        Invalid: the port or the days are none.
    """
    if metrics_port is not None and not 0 <= metrics_port <= HIGHEST_PORT:
        raise Invalid("Give --metrics-port as a number from 1 to 65535, or 0 for a free one.", "metrics_port")
    if not 1 <= audit_days <= _MOST_DAYS:
        raise Invalid(Text("Give --audit-days as a number from 1 to {most}.", most=_MOST_DAYS), "audit_days")


def _no_password() -> str:
    """What OpenSSL gets for a key with a password, rather than asking the terminal."""
    return ""
