"""Whom we trust at the other end, and how we show who we are: the contexts of TLS, 1.2 or newer."""

from __future__ import annotations

import os
import secrets
import ssl
import tempfile
from pathlib import Path

import httpx2

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.peers.line.settings import Line, LineSecrets

_PKCS12 = {".p12", ".pfx"}


def server_context(line: Line, passwords: LineSecrets) -> ssl.SSLContext:
    """How a server is met. With a fingerprint nobody else vouches for it: the fingerprint is to be compared.

    Raises:
        Misconfigured: a file is missing or is not what it should be.
    """
    context = unverified() if line.fingerprint else authorities(line)
    show_who_we_are(context, line, passwords)
    return context


def authorities(line: Line) -> ssl.SSLContext:
    """Trusts whom the authorities of the account vouch for, else those of the system.

    Raises:
        Misconfigured: the file of authorities cannot be read.
    """
    if line.ca_file is None:
        context = httpx2.create_ssl_context()
    else:
        try:
            context = ssl.create_default_context(cafile=line.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise Misconfigured(
                Text("“{path}” holds no certificates of authorities: {error}.", path=line.ca_file, error=_said(error))
            ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def unverified() -> ssl.SSLContext:
    """Takes any certificate: for a comparison with the trusted one, before anything is said."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def show_who_we_are(context: ssl.SSLContext, line: Line, passwords: LineSecrets) -> None:
    """Have a context show the client certificate of a line, if it has one.

    Raises:
        Misconfigured: the file, its key or the key's password are not right.
    """
    if line.client_certificate is None:
        return
    certificate = Path(line.client_certificate)
    try:
        if certificate.suffix.lower() in _PKCS12:
            _load_pkcs12(context, certificate.read_bytes(), passwords.client_key)
        else:
            context.load_cert_chain(certificate, line.client_key, lambda: passwords.client_key or "")
    except (OSError, ssl.SSLError, ValueError) as error:
        raise Misconfigured(
            Text(
                "The client certificate “{path}” cannot be used: {error}. Check the file, its key and the key's "
                "password.",
                path=str(certificate),
                error=_said(error),
            )
        ) from error


def is_locked(certificate: Path, key: Path | None) -> bool:
    """Whether a password is needed to use a client certificate. Raises Misconfigured if it cannot be read."""
    try:
        content = (key or certificate).read_bytes()
    except OSError as error:
        raise Misconfigured(
            Text("“{path}” cannot be read: {error}.", path=str(key or certificate), error=_said(error))
        ) from error
    if certificate.suffix.lower() not in _PKCS12:
        return b"ENCRYPTED" in content
    from cryptography.hazmat.primitives.serialization import pkcs12  # noqa: PLC0415 - loaded only where it is needed

    try:
        pkcs12.load_key_and_certificates(content, None)
    except ValueError:
        return True
    return False


def _load_pkcs12(context: ssl.SSLContext, content: bytes, password: str | None) -> None:
    """Hand a certificate with its key to OpenSSL, which reads files only.

    The file exists for a moment, may be read by its owner only, and is encrypted by a password that nobody knows.
    """
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - loaded only where it is needed
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        pkcs12,
    )

    key, own, others = pkcs12.load_key_and_certificates(content, password.encode() if password else None)
    if key is None or own is None:
        raise ValueError("it holds no certificate with a key")
    once = secrets.token_hex(32)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(once.encode()))
    pem += b"".join(one.public_bytes(Encoding.PEM) for one in (own, *others))
    descriptor, name = tempfile.mkstemp(suffix=".pem")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(pem)
        context.load_cert_chain(name, password=once)
    finally:
        Path(name).unlink()


def _said(error: Exception) -> str:
    """An error of OpenSSL or the system in a few words."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).rstrip(".")
