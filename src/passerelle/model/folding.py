"""How texts are compared where people look something up: without case, and without accents."""

from __future__ import annotations

import unicodedata


def folded(text: str) -> str:
    r"""The text without case and accents, for comparing only.

    >>> folded("Čech"), folded("ÉTÉ"), folded("Straße"), folded("Ångström") == folded("A\u030angstro\u0308m")
    ('cech', 'ete', 'strasse', True)
    """
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(one for one in letters if not unicodedata.combining(one)).casefold()
