"""Content lines, the common syntax of iCalendar and vCard: unfolding, parameters, text values, folding.

Implements RFC 5545, section 3.1, RFC 6350, section 3, and RFC 6868 (parameter values), and reads the lines of
vCard 2.1 besides: parameters without a name, quoted-printable values that go on over several lines.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

from msgspec import Struct

from passerelle.model.errors import Unreadable
from passerelle.model.text import Text

Params = tuple[tuple[str, tuple[str, ...]], ...]
"""Parameters in order: name in capitals (empty for the bare ones of vCard 2.1) and values."""

_HEAD = re.compile(r'(?:([^;:,."\s]+)\.)?([^;:,."\s]+)((?:;.*)?)', re.DOTALL)
_PARAM = re.compile(r';\s*([^=;:,"]*)(?:=((?:"[^"]*"|[^";,]*)(?:,(?:"[^"]*"|[^";,]*))*))?')
_LENIENT_PARAM = re.compile(r";\s*([^=;]*)(?:=([^;]*))?")
_VALUE = re.compile(r'"([^"]*)"|([^",]+)')
_ESCAPED = re.compile(r"\\([\\;,:\"nN])")
_CARET = re.compile(r"\^([n'^])")
_BEFORE_DATE = re.compile(r":(?=\s*\d{4}-?\d\d-?\d\d)")
_LINE_END = re.compile(rb"\r+\n|\r")
_LONGEST = 75
_QUOTED = 40
_LEADING, _CONTINUES = 0xC0, 0x80
"""The bits that mark an octet of UTF-8 as not the first of its character."""


class ContentLine(Struct, frozen=True):
    """One unfolded line. ``number`` is that of its first physical line, 1-based; ``text`` the whole of it."""

    number: int
    name: str
    params: Params
    value: str
    text: str
    group: str = ""

    def param(self, name: str) -> str | None:
        """Return the first value of a parameter, or None."""
        return next((values[0] for key, values in self.params if key == name and values), None)

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a parameter, in capitals, also of its repetitions."""
        return tuple(value.upper() for key, values in self.params if key == name for value in values)


class Logical(Struct, frozen=True):
    """One unfolded line before it is parsed: its first physical line and its octets."""

    number: int
    octets: bytes


def unfold(data: bytes) -> Iterator[Logical]:
    """Yield the unfolded lines of a file, without the empty ones.

    Accepts CRLF, LF and lone CR, byte order marks and UTF-16. Octets are joined before they are decoded: some
    programs fold in the middle of a character.
    """
    lines = _newlines_only(_utf8(data)).split(b"\n")
    number, pending = 0, b""
    for position, line in enumerate(lines, 1):
        if pending and line[:1] in {b" ", b"\t"} and not _is_soft_break(pending):
            pending += line[1:]
        elif pending and _is_soft_break(pending):
            pending = pending[:-1] + line
        else:
            if pending.strip():
                yield Logical(number, pending)
            number, pending = position, line
    if pending.strip():
        yield Logical(number, pending)


def _is_soft_break(line: bytes) -> bool:
    """Tell whether a quoted-printable value of vCard 2.1 goes on in the next line."""
    return line.endswith(b"=") and b"QUOTED-PRINTABLE" in line.partition(b":")[0].upper()


def _utf8(data: bytes) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace").encode()
    if data[:2] in {b"B\0", b"\0B"}:  # UTF-16 without a mark: the B of BEGIN
        return data.decode("utf-16-le" if data[:1] == b"B" else "utf-16-be", "replace").encode()
    return data.removeprefix(b"\xef\xbb\xbf")


def _newlines_only(data: bytes) -> bytes:
    return _LINE_END.sub(b"\n", data) if b"\r" in data else data


def decode(octets: bytes, charset: str = "utf-8") -> str:
    """Return the text of octets in ``charset``, else in UTF-8. Never fails, and keeps every octet.

    Octets that are no character of UTF-8 are taken for Windows-1252, or Latin-1: old programs wrote those.
    """
    if charset != "utf-8":
        try:
            return octets.decode(charset)
        except (UnicodeDecodeError, LookupError):
            pass
    return octets.decode("utf-8", _OLD)


def _old_octet(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    octet = error.object[error.start : error.start + 1]
    try:
        return octet.decode("cp1252"), error.start + 1
    except UnicodeDecodeError:
        return octet.decode("latin-1"), error.start + 1


_OLD = "passerelle.old-octets"
codecs.register_error(_OLD, _old_octet)


def parse(text: str, number: int = 0) -> ContentLine:
    """Take an unfolded line apart.

    Raises:
        Unreadable: it has no name or no colon.
    """
    colon = text.find(":")
    if '"' in text[: max(colon, 0)]:
        colon = _colon_outside_quotes(text, colon)
    if ";TZID=" in text[: max(colon, 0)].upper():
        colon = _colon_before_date(text, colon)
    if colon < 1:
        message = Text("“{text}” is not a property: a name, a colon and a value are expected.", text=_shortened(text))
        raise Unreadable(message, number)
    head = _head(text[:colon])
    if head is None:
        message = Text("“{text}” does not begin with the name of a property.", text=_shortened(text))
        raise Unreadable(message, number)
    group, name, params = head
    return ContentLine(number, name, params, text[colon + 1 :], text, group)


def _colon_outside_quotes(text: str, first: int) -> int:
    quoted = False
    for position, character in enumerate(text):
        if character == '"':
            quoted = not quoted
        elif character == ":" and not quoted:
            return position
    return first  # a quotation mark that nobody closed


def _colon_before_date(text: str, first: int) -> int:
    """Return the colon that ends the name of a zone which has colons itself, but no quotation marks."""
    match = _BEFORE_DATE.search(text, first)
    return match.start() if match else first


@lru_cache(maxsize=4096)
def _head(head: str) -> tuple[str, str, Params] | None:
    match = _HEAD.fullmatch(head.strip())
    if match is None:
        return None
    group, name, rest = match.groups()
    return group or "", name.upper(), _params(rest)


def _params(text: str) -> Params:
    pieces = list(_PARAM.finditer(text))
    if sum(len(piece.group()) for piece in pieces) == len(text):
        return tuple((piece[1].strip().upper(), _values(piece[2])) for piece in pieces if piece[2] is not None) + tuple(
            ("", (piece[1].strip(),)) for piece in pieces if piece[2] is None and piece[1].strip()
        )
    return tuple(
        (piece[1].strip().upper(), (_uncaret((piece[2] or "").strip('"')),)) for piece in _LENIENT_PARAM.finditer(text)
    )


def _values(text: str) -> tuple[str, ...]:
    return tuple(_uncaret(match[1] if match[1] is not None else match[2]) for match in _VALUE.finditer(text))


def _uncaret(text: str) -> str:
    if "^" not in text:
        return text
    return _CARET.sub(lambda match: {"n": "\n", "'": '"', "^": "^"}[match[1]], text)


def _shortened(text: str) -> str:
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"


def quoted(value: str) -> str:
    """Return a parameter value as it is written: quoted where it must be, with the escapes of RFC 6868."""
    if "^" in value or "\n" in value or '"' in value:
        value = value.replace("^", "^^").replace("\r\n", "^n").replace("\n", "^n").replace('"', "^'")
    is_plain = value == value.strip() and not any(character in value for character in ",;:")
    return value if is_plain else f'"{value}"'


def line(name: str, value: str, *params: tuple[str, str]) -> str:
    """Return an unfolded line of a name, a value that is already escaped, and parameters."""
    return "".join((name, *(f";{key}={quoted(text)}" for key, text in params), ":", value))


def escape(text: str) -> str:
    """Return text as a value of type TEXT (RFC 5545, section 3.3.11; RFC 6350, section 3.4)."""
    escaped = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def unescape(value: str) -> str:
    """Return the text of a value of type TEXT; an unknown escape stays as it is."""
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda match: "\n" if match[1] in "nN" else match[1], value)


def split(value: str, separator: str) -> list[str]:
    """Split a value at separators that are not escaped; the parts are still escaped."""
    if "\\" not in value:
        return value.split(separator)
    parts, start, position = [], 0, 0
    while position < len(value):
        if value[position] == "\\":
            position += 2
            continue
        if value[position] == separator:
            parts.append(value[start:position])
            start = position + 1
        position += 1
    return [*parts, value[start:]]


def fold(text: str) -> bytes:
    """Return an unfolded line as octets: folded at 75 octets between characters, ended by CRLF.

    A line end inside of it is written as an escape, so that no value can become a line of its own.
    """
    if "\n" in text or "\r" in text:
        text = text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    octets = text.encode("utf-8", "replace")
    if len(octets) <= _LONGEST:
        return octets + b"\r\n"
    pieces, start, room = [], 0, _LONGEST
    while len(octets) - start > room:
        end = start + room
        while octets[end] & _LEADING == _CONTINUES:
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, _LONGEST - 1
    return b"\r\n ".join([*pieces, octets[start:]]) + b"\r\n"
