"""Asking an LDAP directory: bind, search in pages (RFC 2696), over TLS or on this machine only."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import ldap3
from ldap3.core import exceptions

from passerelle.model.errors import Invalid, Misconfigured, NotFound, Unauthenticated, Unreachable
from passerelle.model.text import Text
from passerelle.peers.ldap.entries import Entry, Listing, listing
from passerelle.peers.ldap.source import GROUP_ATTRIBUTES, Attributes, Source

_PAGE = 500
_CONNECT_S = 15
_ANSWER_S = 60
_PORTS = {"ldap": 389, "ldaps": 636}


def read(source: Source, names: Attributes) -> Listing:
    """All users, and the groups that they are in.

    Raises:
        Misconfigured: the URL is none of LDAP's, or the password would cross the network in the clear.
        Unreachable: the directory does not answer, or its certificate is not to be trusted.
        Unauthenticated: name or password are wrong.
        NotFound: there is nothing at the base.
        Invalid: the filter is malformed.
    """
    with _speaking(source), _bound(source) as connection:
        people = list(_found(connection, source.base, source.filter, names.all()))
        groups = None
        if source.group_filter is not None:
            base = source.group_base or source.base
            groups = list(_found(connection, base, source.group_filter, GROUP_ATTRIBUTES))
    return listing(people, groups, names)


@contextmanager
def _bound(source: Source) -> Iterator[ldap3.Connection]:
    """A connection that is encrypted before a password goes over it."""
    connection = ldap3.Connection(
        _server(source),
        user=source.bind_dn,
        password=source.password if source.bind_dn else None,
        authentication=ldap3.SIMPLE if source.bind_dn else ldap3.ANONYMOUS,
        auto_referrals=False,
        check_names=False,
        raise_exceptions=True,
        read_only=True,
        receive_timeout=_ANSWER_S,
    )
    try:
        connection.open()
        if source.start_tls:
            connection.start_tls()
        connection.bind()
        yield connection
    finally:
        connection.unbind()
        if connection.socket is not None:  # which ldap3 leaves open after a handshake that failed
            connection.socket.close()


def _server(source: Source) -> ldap3.Server:
    scheme, host, port = _address(source)
    if scheme == "ldap" and not source.start_tls and not _is_loopback(host):
        raise Misconfigured(
            Text(
                "Names and passwords would cross the network in the clear. Use ldaps://{host}, or --start-tls.",
                host=host,
            )
        )
    if source.certificates is not None and not source.certificates.is_file():
        raise Misconfigured(Text("There is no file “{path}”.", path=str(source.certificates)))
    tls = ldap3.Tls(
        validate=ssl.CERT_REQUIRED,
        version=ssl.PROTOCOL_TLS_CLIENT,
        sni=host,
        ca_certs_file=None if source.certificates is None else str(source.certificates),
    )
    return ldap3.Server(
        host, port, use_ssl=scheme == "ldaps", tls=tls, get_info=ldap3.NONE, connect_timeout=_CONNECT_S
    )  # fmt: skip


def _address(source: Source) -> tuple[str, str, int]:
    try:
        parts = urlsplit(source.url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise Misconfigured(
            Text("“{url}” is no address of a directory. Use ldap://host or ldaps://host.", url=source.url)
        )
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _found(connection: ldap3.Connection, base: str, wanted: str, names: tuple[str, ...]) -> Iterator[Entry]:
    answers = connection.extend.standard.paged_search(
        base, wanted, attributes=list(names), paged_size=_PAGE, generator=True
    )
    for answer in answers:
        if answer.get("type") == "searchResEntry":  # and no reference to another server, which Active Directory adds
            values = {
                name.lower(): tuple(value.decode(errors="replace") for value in found)
                for name, found in answer["raw_attributes"].items()
            }
            yield Entry(answer["dn"], values)


@contextmanager
def _speaking(source: Source) -> Iterator[None]:
    """Tell in our words what went wrong."""
    try:
        yield
    except exceptions.LDAPInvalidCredentialsResult as error:
        raise Unauthenticated("The directory does not accept the name or the password.") from error
    except exceptions.LDAPNoSuchObjectResult as error:
        raise NotFound(Text("The directory has nothing at “{base}”.", base=source.base)) from error
    except exceptions.LDAPInvalidFilterError as error:
        raise Invalid("The filter is none that LDAP knows (RFC 4515).", "filter") from error
    except (exceptions.LDAPInvalidDnError, exceptions.LDAPInvalidDNSyntaxResult) as error:
        raise Invalid(
            "A distinguished name is malformed. It looks like ou=people,dc=example,dc=org.", "base"
        ) from error
    except (exceptions.LDAPException, OSError) as error:
        raise Unreachable(
            Text("The directory “{url}” cannot be asked: {reason}.", url=source.url, reason=str(error))
        ) from error
