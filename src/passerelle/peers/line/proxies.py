"""Which proxy is on the way to a server: that of the account, that of the system's environment, or none."""

from __future__ import annotations

import ipaddress
import os
from typing import NamedTuple
from urllib.request import getproxies, proxy_bypass

import httpx2

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.peers.line.address import is_loopback
from passerelle.peers.line.settings import NO_PROXY, SYSTEM_PROXY


class Proxy(NamedTuple):
    """An HTTP proxy, and whom we say we are there; ``login`` holds name and password."""

    address: httpx2.URL
    login: tuple[str, str] | None

    def __repr__(self) -> str:
        """Without the login: it holds a password."""
        return f"Proxy({str(self.address)!r})"


def check_proxy(text: str) -> str:
    """What a user says of a proxy, in the form in which an account keeps it.

    Raises:
        Misconfigured: it is no address of an HTTP proxy, or holds a password.
    """
    if text.lower() in {SYSTEM_PROXY, NO_PROXY}:
        return text.lower()
    address = _address(text)
    if address.password:
        raise Misconfigured(
            "A password on a command line can be seen by others on this machine. Give the proxy as "
            "http://USER@HOST:PORT; its password is asked for."
        )
    return str(address).rstrip("/")


def proxy_to(server: httpx2.URL, setting: str, password: str | None) -> Proxy | None:
    """The proxy on the way to a server; None for the direct way, which every server on this machine is reached by.

    Raises:
        Misconfigured: the proxy is not one that we can use, or its password is not known.
    """
    if setting == NO_PROXY:
        return None
    if setting == SYSTEM_PROXY:
        found = _of_environment(server)
        return None if found is None else _proxy(_address(found), None)
    address = _address(setting)
    if address.username and password is None:
        raise Misconfigured(
            Text(
                "The password for the proxy {proxy} is not known. Give it with “passerelle account set NAME --proxy "
                "{proxy}”.",
                proxy=setting,
            )
        )
    return _proxy(address, password)


def _proxy(address: httpx2.URL, password: str | None) -> Proxy:
    login = (address.username, password or address.password) if address.username else None
    return Proxy(address.copy_with(username=None, password=None), login)


def _address(text: str) -> httpx2.URL:
    try:
        address = httpx2.URL(text if "://" in text else f"http://{text}")
    except (httpx2.InvalidURL, TypeError):
        address = httpx2.URL("")
    if address.scheme.startswith("socks"):
        raise Misconfigured("SOCKS proxies are not supported. Use an HTTP proxy: http://HOST:PORT, or none.")
    if address.scheme not in {"http", "https"} or not address.host:
        raise Misconfigured(
            "That is not the address of a proxy. Give one such as http://proxy.example.org:3128, or the word “system” "
            "or “none”."
        )
    return address.copy_with(path="/", query=None, fragment=None)


def _of_environment(server: httpx2.URL) -> str | None:
    """What HTTPS_PROXY, ALL_PROXY and NO_PROXY say, or the settings of Windows and macOS."""
    if is_loopback(server.host) or proxy_bypass(server.host) or _is_in_spared_network(server.host):
        return None
    known = getproxies()
    return known.get(server.scheme) or known.get("all")


def _is_in_spared_network(host: str) -> bool:
    """Whether NO_PROXY names a network (10.0.0.0/8) that holds the address; the standard library knows hosts only."""
    try:
        address = ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    spared = (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(",")
    return any(_holds(name.strip(), address) for name in spared if "/" in name)


def _holds(network: str, address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    try:
        return address in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
