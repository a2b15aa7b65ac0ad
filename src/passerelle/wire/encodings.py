"""Lines with a transfer encoding or a character set of their own, as vCard 2.1 and vCalendar 1.0 have them."""

from __future__ import annotations

import quopri

from passerelle.wire.contentlines import ContentLine, Logical, Params, decode, parse, quoted

LABEL = "X-ABLABEL"
"""The name that Apple's and Google's address books give to the line of the same group."""

ENCODINGS = frozenset({"QUOTED-PRINTABLE", "BASE64", "B", "8BIT", "7BIT"})


def read_line(logical: Logical) -> ContentLine:
    """Return a line with its value decoded from its transfer encoding and its character set.

    Raises:
        Unreadable: it has no name or no colon.
    """
    line = parse(decode(logical.octets), logical.number)
    encoding, charset = encoding_of(line), (line.param("CHARSET") or "utf-8").lower()
    if charset == "utf-8" and encoding != "QUOTED-PRINTABLE":
        return line
    octets = logical.octets[len(logical.octets) - len(_value(logical.octets)) :]
    if encoding == "QUOTED-PRINTABLE":
        octets = quopri.decodestring(octets)
    value = decode(octets, charset).replace("\r\n", "\n").replace("\r", "\n")
    dropped = {"CHARSET", *(["ENCODING"] if encoding == "QUOTED-PRINTABLE" else [])}
    params = tuple(
        (name, values)
        for name, values in line.params
        if name not in dropped and not (name == "" and values[0].upper() == "QUOTED-PRINTABLE")
    )
    return rebuilt(line, params, value)


def _value(octets: bytes) -> bytes:
    """Return what follows the first colon outside of quotation marks."""
    text = octets.decode("latin-1")
    return parse(text).value.encode("latin-1")


def encoding_of(line: ContentLine) -> str:
    """Return the transfer encoding that a line names, in capitals; empty if it names none."""
    bare = next((value for value in line.all("") if value in ENCODINGS), "")
    return (line.param("ENCODING") or bare).upper()


def rebuilt(line: ContentLine, params: Params, value: str, name: str = "") -> ContentLine:
    """Return a line with other parameters and another value, its text made anew."""
    name = name or line.name
    group = f"{line.group}." if line.group else ""
    head = "".join(f";{key}={','.join(map(quoted, values))}" for key, values in params if key not in {"", LABEL})
    bare = "".join(f";{values[0]}" for key, values in params if not key)
    text = f"{group}{name}{head}{bare}:" + value.replace("\n", "\\n")
    return ContentLine(line.number, name, params, value, text, line.group)
