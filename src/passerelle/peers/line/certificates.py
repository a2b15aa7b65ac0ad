"""What a server's certificate says, and what is said of one that is not trusted (RFC 5280)."""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, final

from msgspec import Struct

from passerelle.model.errors import Invalid, Misconfigured
from passerelle.model.text import Text, sentences

if TYPE_CHECKING:
    from cryptography import x509

_FEW = 8
"""So many hosts of a certificate are shown."""


@final
class Certificate(Struct, frozen=True, kw_only=True):
    """A certificate as a server showed it; ``fingerprint`` is its SHA-256 as small hexadecimal digits.

    Of one that cannot be read nothing else is known: it may be compared all the same.
    """

    fingerprint: str
    subject: str = ""
    issuer: str = ""
    names: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None

    @property
    def described(self) -> Text:
        """Whose it is, how long it holds, and its fingerprint as browsers show it."""
        if self.since is None or self.until is None:
            return Text("Its fingerprint (SHA-256): {fingerprint}.", fingerprint=spelled(self.fingerprint))
        return Text(
            "It says that it is {subject} ({names}), made by {issuer}, valid from {since} until {until}. Its "
            "fingerprint (SHA-256): {fingerprint}.",
            subject=self.subject,
            names=", ".join(self.names[:_FEW]) + (" …" if len(self.names) > _FEW else "") or "–",
            issuer=self.issuer,
            since=f"{self.since:%Y-%m-%d}",
            until=f"{self.until:%Y-%m-%d}",
            fingerprint=spelled(self.fingerprint),
        )


@final
class Untrusted(Misconfigured):
    """No password was sent, for it is not certain who would get it. ``certificate`` is what the server showed."""

    def __init__(self, reason: Text, certificate: Certificate) -> None:
        advice = Text(
            "Compare it with what the server's administrator tells you; “passerelle account trust NAME”, or "
            "--trust-fingerprint for a new account, trusts it."
        )
        super().__init__(sentences(reason, certificate.described, advice))
        self.reason = reason
        self.certificate = certificate


def read_certificate(der: bytes) -> Certificate:
    """The certificate in its binary form; of one that is malformed only the fingerprint."""
    from cryptography import x509  # noqa: PLC0415 - loaded only where a certificate is to be shown

    fingerprint = hashlib.sha256(der).hexdigest()
    try:
        read = x509.load_der_x509_certificate(der)
        return Certificate(
            fingerprint=fingerprint,
            subject=_printable(read.subject.rfc4514_string()),
            issuer=_printable(read.issuer.rfc4514_string()),
            names=_names(read),
            since=read.not_valid_before_utc,
            until=read.not_valid_after_utc,
        )
    except (ValueError, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return Certificate(fingerprint=fingerprint)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    """The hosts that it is for."""
    from cryptography import x509  # noqa: PLC0415 - as above

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    named = (*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress)))
    return tuple(_printable(name) for name in named)


def _printable(text: str) -> str:
    """A name that a stranger wrote, fit for a terminal, and not longer than a name is."""
    return "".join(char if char.isprintable() else "�" for char in text[:200])


def spelled(fingerprint: str) -> str:
    """A fingerprint as browsers and openssl show it."""
    digits = fingerprint.upper()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


def fingerprint_of(text: str) -> str:
    """The fingerprint that a person typed, with or without colons and the word SHA256.

    Raises:
        Invalid: it is no SHA-256.
    """
    digits = re.sub(r"^sha-?256( fingerprint)?|[:=\s]", "", text.strip().lower())
    if re.fullmatch("[0-9a-f]{64}", digits) is None:
        raise Invalid(
            Text("“{text}” is no SHA-256 fingerprint. One has 64 hexadecimal digits.", text=text),
            "fingerprint",
        )
    return digits


_REASONS: Mapping[int, Text] = {
    9: Text("The server's certificate is not valid yet. Is the clock of this machine right?"),
    10: Text("The server's certificate has expired."),
    18: Text("The server's certificate is vouched for by nobody but itself."),
    19: Text("The server's certificate is vouched for by an authority that this machine does not know."),
    20: Text("The server's certificate is vouched for by an authority that this machine does not know."),
    21: Text("The server's certificate is vouched for by an authority that this machine does not know."),
    62: Text("The server's certificate is that of another server."),
    64: Text("The server's certificate is that of another server."),
}
"""By OpenSSL's codes of verification."""


def reason_of(error: ssl.SSLCertVerificationError) -> Text:
    """Why a certificate is not trusted."""
    said = Text("The server's certificate is not trusted: {error}.", error=error.verify_message or str(error))
    return _REASONS.get(error.verify_code, said)


def changed(expected: str) -> Text:
    """What is said where a server shows another certificate than the one that is trusted."""
    return Text(
        "The server's certificate is not the one that you trusted, whose fingerprint (SHA-256) is {expected}. Somebody "
        "may be between you and the server, or the server has a new one.",
        expected=spelled(expected),
    )
