"""Writing XML by joining strings: names, escaping, single elements (OX reference, section 3).

Answers carry tens of thousands of small elements, so nothing here builds a tree. Prefixes are fixed, because
one historic client looks for the literal ``ox:`` (section 3).
"""

from __future__ import annotations

import re

DAV = "DAV:"
OX = "http://www.open-xchange.org"
OURS = "urn:passerelle:ox"
"""The namespace of our own extension, :mod:`passerelle.wire.oxxml.extension`."""

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\r\n'

_ILLEGAL = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_illegal = re.compile(f"[{_ILLEGAL}]")
_in_text = re.compile(f"[&<>\r{_ILLEGAL}]")
_in_attribute = re.compile(f'[&<>"\t\n\r{_ILLEGAL}]')

# A bare carriage return would be read as a line feed (XML 1.0, section 2.11), any white space in an attribute
# as a blank (section 3.3.3); as character references both survive.
_REFERENCES = {
    "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;",
}  # fmt: skip


def _reference(match: re.Match[str]) -> str:
    return _REFERENCES.get(match[0], "")


def legal(text: str) -> str:
    """The text without the characters that XML 1.0 cannot carry (section 2.2 there)."""
    return _illegal.sub("", text)


def escape(text: str) -> str:
    """The text as element content; characters illegal in XML 1.0 are left out."""
    return _in_text.sub(_reference, text)


def attribute(text: str) -> str:
    """The text as an attribute value between double quotes."""
    return _in_attribute.sub(_reference, text)


def element(name: str, value: str | int) -> str:
    """One ``ox:`` element with text. Numbers need no escaping, and get none."""
    text = escape(value) if isinstance(value, str) else value
    return f"<ox:{name}>{text}</ox:{name}>"


def flag(value: bool) -> str:  # noqa: FBT001 - the value is the argument
    """A boolean in the lower case that KDE insists on (section 3.1)."""
    return "true" if value else "false"
