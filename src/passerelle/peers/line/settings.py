"""What a user may set about the line to a server. Passwords are kept elsewhere, and handed over beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import final
from urllib.parse import urlsplit

from msgspec import Struct

SYSTEM_PROXY, NO_PROXY = "system", "none"


@final
class Line(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a server is reached, beside its address.

    ``proxy`` is the address of an HTTP proxy without a password, or one of the two words above. ``fingerprint`` is the
    SHA-256 of the only certificate that the server may show, as 64 small hexadecimal digits; without it authorities
    vouch for the server: those of the PEM file ``ca_file``, else the system's. ``client_certificate`` is a file by
    which we show who we are, PKCS#12 or PEM; the key of a PEM file may lie in another, ``client_key``.
    """

    proxy: str = SYSTEM_PROXY
    ca_file: str | None = None
    fingerprint: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None


@final
@dataclass(frozen=True, slots=True)
class LineSecrets:
    """The passwords of a line: that of the proxy's user, and that of the client certificate's key."""

    proxy: str | None = field(default=None, repr=False)
    client_key: str | None = field(default=None, repr=False)


NO_SECRETS = LineSecrets()


def proxy_user(proxy: str) -> str | None:
    """The name that the address of a proxy holds; None where no password is needed."""
    return urlsplit(proxy).username or None
