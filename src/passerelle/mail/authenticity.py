"""Whether a mail comes from whom it says, as the own mail server has found out (RFC 8601).

Only the topmost ``Authentication-Results`` counts, and only if our server wrote it: it puts its own above all that
came with the mail. DMARC's result is the server's word on From. Without it, SPF or DKIM must have passed for the
domain of the address, or for one above it; a domain below it does not vouch, for many hosts give those away.
"""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

from passerelle.mail.reading import Mail

_TOKEN: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([^\s;="]+)|([;=])')
_FROM_DOMAIN: Final = {
    "dkim": ("header.d", "header.i"),
    "spf": ("smtp.mailfrom",),
}
"""What names the domain that a method has checked."""


class Result(Struct, frozen=True):
    """What one method found. ``properties`` maps names such as ``smtp.mailfrom`` to values, all in lower case."""

    method: str
    result: str
    properties: dict[str, str]


def authors(mail: Mail, trusted: str | None) -> frozenset[str]:
    """The addresses of From and Sender; with the name of a ``trusted`` server, those that it vouches for."""
    named = {address for address in (mail.author, mail.sender) if address}
    if trusted is None:
        return frozenset(named)
    server, results = read_results(mail.results)
    if server != trusted.casefold():
        return frozenset()
    found = list(results)
    return frozenset(
        address
        for address in named
        if any(_vouches(result, address) or (address == mail.author and _is_dmarc(result, address)) for result in found)
    )


def read_results(header: str) -> tuple[str, tuple[Result, ...]]:
    """Take an Authentication-Results header apart: the server's name in lower case, and its results."""
    head, *rest = _statements(header)
    return head[0].casefold() if head else "", tuple(filter(None, map(_result, rest)))


def _statements(header: str) -> list[list[str]]:
    """The words between semicolons; equals signs are words."""
    statements: list[list[str]] = [[]]
    for quoted, word, mark in _TOKEN.findall(_without_comments(header)):
        if mark == ";":
            statements.append([])
        else:
            statements[-1].append(quoted or word or mark)
    return statements


def _without_comments(header: str) -> str:
    """The header without its comments; nothing of one in which a quotation or a comment is not closed."""
    kept: list[str] = []
    depth, is_quoted, is_escaped = 0, False, False
    for character in header:
        is_mark = not is_escaped
        is_escaped = is_mark and character == "\\"
        if is_mark and character == '"' and not depth:
            is_quoted = not is_quoted
        if is_mark and not is_quoted and character in "()":
            depth = max(depth + (1 if character == "(" else -1), 0)
        elif not depth:
            kept.append(character)
    return "" if depth or is_quoted else "".join(kept)


def _result(words: list[str]) -> Result | None:
    pairs = [(words[i - 1].lower(), words[i + 1].lower()) for i in range(1, len(words) - 1) if words[i] == "="]
    if not pairs:
        return None
    (method, result), *properties = pairs
    return Result(method.partition("/")[0], result, dict(reversed(properties)))


def _vouches(result: Result, address: str) -> bool:
    """Whether SPF or DKIM passed for the domain of an address, or one above it."""
    if result.result != "pass":
        return False
    checked = (result.properties.get(name, "") for name in _FROM_DOMAIN.get(result.method, ()))
    return any(_is_at_or_above(value.rpartition("@")[2], address.rpartition("@")[2]) for value in checked if value)


def _is_at_or_above(domain: str, other: str) -> bool:
    return other == domain or ("." in domain and other.endswith(f".{domain}"))


def _is_dmarc(result: Result, address: str) -> bool:
    domain = result.properties.get("header.from", "").rpartition("@")[2]
    return (result.method, result.result) == ("dmarc", "pass") and domain == address.rpartition("@")[2]
