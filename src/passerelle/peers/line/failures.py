"""What went wrong on the line, in our words."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpcore2
import httpx2

from passerelle.model.errors import Misconfigured, PasserelleError, Unauthenticated, Unreachable
from passerelle.model.text import Text

_TOO_OLD = Text(
    "The server speaks only old versions of TLS. Passerelle needs 1.2 or newer, as its administrator can set."
)
_NO_TLS = Text("There is a server at this address, but it does not speak TLS. Is the port right?")
_WHO_ARE_YOU = Text(
    "The server wants to see a client certificate, or does not accept yours. Set it with “passerelle account set NAME "
    "--client-certificate FILE”."
)
_TLS_REASONS: Mapping[str, Text] = {
    "UNSUPPORTED_PROTOCOL": _TOO_OLD,
    "TLSV1_ALERT_PROTOCOL_VERSION": _TOO_OLD,
    "NO_PROTOCOLS_AVAILABLE": _TOO_OLD,
    "WRONG_VERSION_NUMBER": _NO_TLS,
    "RECORD_LAYER_FAILURE": _NO_TLS,
    "PACKET_LENGTH_TOO_LONG": _NO_TLS,
    "HTTP_REQUEST": _NO_TLS,
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": _WHO_ARE_YOU,
    "SSLV3_ALERT_HANDSHAKE_FAILURE": _WHO_ARE_YOU,
    "SSLV3_ALERT_BAD_CERTIFICATE": _WHO_ARE_YOU,
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": _WHO_ARE_YOU,
    "SSLV3_ALERT_CERTIFICATE_REVOKED": _WHO_ARE_YOU,
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _WHO_ARE_YOU,
    "TLSV1_ALERT_UNKNOWN_CA": _WHO_ARE_YOU,
    "TLSV1_ALERT_ACCESS_DENIED": _WHO_ARE_YOU,
}
"""By OpenSSL's names of reasons."""


def refusal_of(error: ssl.SSLError) -> Misconfigured | None:
    """What somebody has to change so that TLS is possible; None where trying again may help."""
    reason = _TLS_REASONS.get(error.reason or "")
    return None if reason is None else Misconfigured(reason)


@contextmanager
def translated() -> Iterator[None]:
    """Failures of the network, as httpx2 or httpcore2 tell them, as ours."""
    try:
        yield
    except (httpx2.TimeoutException, httpcore2.TimeoutException) as error:
        raise Unreachable("The server did not answer in time.") from error
    except (httpx2.ProxyError, httpcore2.ProxyError) as error:
        raise _of_proxy(str(error)) from error
    except (httpx2.ConnectError, httpcore2.ConnectError) as error:
        raise Unreachable(Text("The server cannot be reached: {error}.", error=str(error))) from error
    except (httpx2.HTTPError, httpcore2.NetworkError, httpcore2.ProtocolError) as error:
        raise _broken_off(error) from error


def _of_proxy(said: str) -> PasserelleError:
    """Why a proxy made no tunnel; what it says begins with a status."""
    if said.startswith("407"):
        return wants_proxy_login()
    return Unreachable(Text("The proxy does not connect to the server: {answer}.", answer=said))


def wants_proxy_login() -> Unauthenticated:
    """What is said where a proxy does not let us through."""
    return Unauthenticated(
        "The proxy wants a name and a password, or does not accept those that it got. Give them with "
        "“passerelle account set NAME --proxy http://USER@HOST:PORT”."
    )


def _broken_off(error: Exception) -> PasserelleError:
    """In TLS 1.3 a server says only after the handshake that it does not accept who we are."""
    cause = error.args[0] if error.args else None  # httpcore2 keeps it there, and drops __cause__
    refusal = refusal_of(cause) if isinstance(cause, ssl.SSLError) else None
    return refusal or Unreachable(Text("The connection to the server broke off: {error}.", error=str(error)))
