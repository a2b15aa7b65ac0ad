"""Checks the address of a server before any password goes there."""

from __future__ import annotations

import ipaddress

import httpx2

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text


def check_address(url: str, *, allow_plain: bool = False) -> httpx2.URL:
    """The base address of a server, without a trailing slash.

    Plain http is for this machine only, unless ``allow_plain`` says that the way to the server is safe.

    Raises:
        Misconfigured: it is not an address of a server, or the password would travel in the clear.
    """
    try:
        address = httpx2.URL(url if "://" in url else f"https://{url}")
    except (httpx2.InvalidURL, TypeError) as error:
        raise Misconfigured(
            Text("“{url}” is not the address of a server: {error}.", url=url, error=str(error))
        ) from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise Misconfigured(
            Text("“{url}” is not the address of a server. Give one such as https://ox.example.org.", url=url)
        )
    if address.userinfo:
        raise Misconfigured("Give login and password on their own, not inside the server's address.")
    if address.scheme == "http" and not allow_plain and not is_loopback(address.host):
        raise Misconfigured(
            Text(
                "{address} is not encrypted; the password would cross the network in the clear. Use https.",
                address=str(address),
            )
        )
    return address.copy_with(path=address.path.rstrip("/"), query=None, fragment=None)


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
