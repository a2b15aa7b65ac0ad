"""How texts are compared where people look something up: without case, and without accents."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from itertools import chain
from typing import Final

_LETTERS: Final = (range(0xC0, 0x530), range(0x1E00, 0x2000))
"""Where letters with accents, and those of Greek and Cyrillic, stand in Unicode."""
_MARKS: Final = range(0x300, 0x20000)
_LATIN: Final = {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
"""Letters that Unicode does not take apart, as people write them who do not have them."""
_TWO: Final = {"ss": "ßẞ", "ae": "æÆ", "oe": "œŒ"}
"""One letter that people write as two."""


def folded(text: str) -> str:
    r"""The text without case and accents, for comparing only.

    >>> folded("Čech"), folded("ÉTÉ"), folded("Straße"), folded("Ångström") == folded("A\u030angstro\u0308m")
    ('cech', 'ete', 'strasse', True)
    >>> folded("Søren Łukasz, œuf")
    'soren lukasz, oeuf'
    """
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKD", text.casefold()).translate(_plain()).casefold()


def alike(word: str) -> str:
    """A regular expression, for Python and PostgreSQL, that finds a word of letters and digits however it is accented.

    >>> [bool(re.search(alike("strasse"), text)) for text in ("Straße", "STRASSE", "Stråsse", "Strauss")]
    [True, True, True, False]
    """
    return "".join(_class(part) for part in re.findall("|".join((*_TWO, ".")), folded(word)))


def _class(part: str) -> str:
    if part not in _TWO:
        return f"[{''.join(sorted({part, part.upper(), *_variants().get(part, ())}))}]"
    return f"(?:{''.join(map(_class, part))}|[{_TWO[part]}])"


@cache
def _variants() -> Mapping[str, frozenset[str]]:
    """The letters that are one, apart from case and accents."""
    found: dict[str, set[str]] = {}
    for letter in map(chr, chain(*_LETTERS)):
        base = folded(letter)
        if len(base) == 1:
            found.setdefault(base, set()).update({letter, *(one for one in (letter.upper(),) if len(one) == 1)})
    return {base: frozenset(one for one in some if one.isalnum()) for base, some in found.items()}


@cache
def _plain() -> Mapping[int, str]:
    """What becomes of single characters: those that stand beside letters as their accents go."""
    marks = {one: "" for one in _MARKS if unicodedata.combining(chr(one))}
    return marks | {ord(one): plain for one, plain in _LATIN.items()}
