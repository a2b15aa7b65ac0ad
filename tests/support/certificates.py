"""Certificates for 127.0.0.1: one that vouches for itself, and authorities that vouch for others."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

HERE = ("127.0.0.1", "localhost")
DAY = timedelta(days=1)


class Made:
    """A certificate and its key; ``issuer`` is who vouches for it, itself if None."""

    def __init__(
        self,
        name: str,
        hosts: Sequence[str] = HERE,
        issuer: Made | None = None,
        *,
        valid: tuple[timedelta, timedelta] = (-DAY, DAY),
        is_authority: bool = False,
    ) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(subject if issuer is None else issuer.certificate.subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + valid[0])
            .not_valid_after(now + valid[1])
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        )
        if hosts and not is_authority:
            builder = builder.add_extension(x509.SubjectAlternativeName([_host(one) for one in hosts]), critical=False)
        self.certificate: x509.Certificate = builder.sign(self.key if issuer is None else issuer.key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        """The certificate alone."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def fingerprint(self) -> str:
        """SHA-256, as small hexadecimal digits."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    def write(self, directory: Path, stem: str, password: str = "") -> tuple[Path, Path]:
        """Write certificate and key as PEM files, the key perhaps encrypted; return their paths."""
        paths = directory / f"{stem}.pem", directory / f"{stem}.key"
        paths[0].write_bytes(self.pem)
        paths[1].write_bytes(self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, _locked(password)))
        return paths

    def write_pkcs12(self, path: Path, password: str = "") -> Path:
        """Write both into one PKCS#12 file."""
        path.write_bytes(
            pkcs12.serialize_key_and_certificates(b"me", self.key, self.certificate, None, _locked(password))
        )
        return path


def _locked(password: str) -> KeySerializationEncryption:
    return BestAvailableEncryption(password.encode()) if password else NoEncryption()


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def make_certificate(directory: Path) -> tuple[Path, Path]:
    """Write a certificate that vouches for itself and its key as PEM files; return their paths."""
    return Made("127.0.0.1").write(directory, "relay")
