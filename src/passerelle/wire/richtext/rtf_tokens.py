"""RTF cut into its tokens: words, groups and text (RTF specification 1.9, "RTF syntax")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct


class Word(Struct, frozen=True):
    r"""A control word, as ``\b0``: name ``b`` and number 0. A control symbol has its character as name."""

    name: str
    number: int | None = None


class Byte(Struct, frozen=True):
    r"""One byte of a text in the code page that holds there: ``\'e9``, or a character as it stands."""

    value: int


class Begin(Struct, frozen=True):
    """A group begins."""


class End(Struct, frozen=True):
    """A group ends."""


Token = Word | Byte | Begin | End

_TOKEN = re.compile(
    rb"\\(?P<word>[a-zA-Z]{1,32})(?P<number>-?\d{1,10})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-zA-Z])"
    rb"|(?P<begin>\{)|(?P<end>\})|[\r\n\0]+|(?P<text>[^\\{}\r\n\0])",
    re.DOTALL,
)


def tokens(data: bytes) -> Iterator[Token]:
    """Yield the tokens of RTF; what is none is left out. Binary data are skipped."""
    at = 0
    while (found := _TOKEN.match(data, at)) or at < len(data):
        if found is None:
            at += 1  # a lone backslash at the end
            continue
        at = found.end()
        if found["word"]:
            number = None if found["number"] is None else int(found["number"])
            name = found["word"].decode("ascii")
            if name == "bin":
                at += max(number or 0, 0)
                continue
            yield Word(name, number)
        elif found["symbol"]:
            yield Word(found["symbol"].decode("latin-1"))
        elif found["hex"]:
            yield Byte(int(found["hex"], 16))
        elif found["text"]:
            yield Byte(found["text"][0])
        elif found["begin"]:
            yield Begin()
        elif found["end"]:
            yield End()
