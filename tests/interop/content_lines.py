"""Reads vCards and iCalendars just far enough to compare them: lines, their parameters and values.

It shares no code with the product (RFC 5545, section 3.1; RFC 6350, section 3.3).
"""

from __future__ import annotations

import re

import msgspec


class Line(msgspec.Struct, frozen=True):
    """One content line; `types` are its TYPE parameters in upper case, the value is still escaped."""

    name: str
    types: frozenset[str]
    parameters: str
    value: str


class Content:
    """The lines of one vCard, or of one iCalendar."""

    def __init__(self, text: str) -> None:
        """Unfolds and splits the text."""
        unfolded = re.sub(r"\r?\n[ \t]", "", text)
        self.lines = tuple(_line(line) for line in re.split(r"\r?\n", unfolded) if ":" in line)

    def __getitem__(self, name: str) -> str:
        """Returns the unescaped value of the first line of that name; the empty text if there is none."""
        return next(iter(self.values(name)), "")

    def values(self, name: str, *types: str) -> list[str]:
        """Returns the unescaped values of all lines of that name whose TYPE is exactly the given one."""
        wanted = frozenset(types)
        return [
            unescape(line.value)
            for line in self.lines
            if line.name == name and (not types or line.types - {"PREF"} == wanted)
        ]

    def parts(self, name: str, *types: str) -> list[str]:
        """Returns the parts of a structured value, such as N or ADR, unescaped."""
        wanted = frozenset(types)
        for line in self.lines:
            if line.name == name and (not types or line.types - {"PREF"} == wanted):
                return [unescape(part) for part in re.split(r"(?<!\\);", line.value)]
        return []

    def words(self, name: str) -> set[str]:
        """Returns the comma-separated values of all lines of that name, such as CATEGORIES."""
        lines = (line.value for line in self.lines if line.name == name)
        return {unescape(word) for value in lines for word in re.split(r"(?<!\\),", value)}

    def has(self, name: str) -> bool:
        """Tells whether there is a line of that name."""
        return any(line.name == name for line in self.lines)


def unescape(value: str) -> str:
    """Undoes the escaping of texts."""
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], value)


def _line(text: str) -> Line:
    head, _, value = re.sub(r'"[^"]*"', lambda match: match[0].replace(":", "\0"), text).partition(":")
    name, _, parameters = head.partition(";")
    types = re.findall(r"TYPE=([^;]*)", parameters, re.IGNORECASE)
    return Line(
        name=name.rsplit(".", 1)[-1].upper(),
        types=frozenset(word.upper() for words in types for word in words.split(",")),
        parameters=parameters.replace("\0", ":"),
        value=value.replace("\0", ":"),
    )
