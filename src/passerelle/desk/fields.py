"""Reads what browsers send of a form's fields."""

from __future__ import annotations

from passerelle.model.errors import Invalid
from passerelle.model.text import Text


def lines(text: str) -> str:
    """A text; browsers send the line ends of forms as CR LF."""
    return text.replace("\r\n", "\n")


def several(text: str) -> tuple[str, ...]:
    """What stands between commas."""
    return tuple(filter(None, (one.strip() for one in text.split(","))))


def one_a_line(text: str) -> tuple[str, ...]:
    """What stands in each line, once."""
    return tuple(dict.fromkeys(filter(None, (one.strip() for one in text.splitlines()))))


def whole(text: str, field: str, most: int, least: int = 0) -> int:
    """A whole number within limits.

    Raises:
        Invalid: it is none, or beyond them.
    """
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(most)):
        raise Invalid(Text("“{value}” is no number.", value=text), field)
    if not least <= int(text) <= most:
        raise Invalid(Text("Give a number from {least} to {most}.", least=least, most=most), field)
    return int(text)
