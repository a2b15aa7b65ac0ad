"""Reads LMTP commands (RFC 2033, section 4; RFC 5321, section 4.1). Pure."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct

_PATH: Final = re.compile(r"\s*<(?:@[^:>]*:)?([^<>]*)>\s*(.*)", re.DOTALL)
"""A path in angle brackets, without the route that some still write (RFC 5321, appendix F.2), and its parameters."""


class Command(Struct, frozen=True):
    """A line of the client: the verb in capitals, and what follows."""

    verb: str
    argument: str = ""


class Path(Struct, frozen=True):
    """An address of the envelope; ``size`` is what the client says of the mail's octets, 0 if nothing."""

    address: str
    size: int = 0


def read_command(line: bytes) -> Command:
    """Take a line apart; what is no UTF-8 becomes replacement characters, which no address has."""
    verb, _, argument = line.decode("utf-8", "replace").strip().partition(" ")
    return Command(verb.upper(), argument.strip())


def read_path(argument: str, word: str) -> Path | None:
    """The path after ``FROM:`` or ``TO:``; None if there is none."""
    if not argument.upper().startswith(f"{word}:"):
        return None
    match = _PATH.fullmatch(argument[len(word) + 1 :])
    return None if match is None else Path(match[1].strip(), _size(match[2]))


def _size(parameters: str) -> int:
    match = re.search(r"(?:^|\s)SIZE=(\d{1,18})(?:\s|$)", parameters, re.IGNORECASE)
    return int(match[1]) if match else 0
