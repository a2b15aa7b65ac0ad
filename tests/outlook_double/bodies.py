"""Bodies: the plain text and the RTF of an item, which Outlook makes of one another (section 4)."""

from __future__ import annotations

import re
from typing import Final

_TOKEN: Final = re.compile(
    rb"\\'(?P<hex>[0-9a-fA-F]{2})|\\u(?P<unicode>-?\d+) ?\??|\\(?P<word>[a-z]+)(?P<number>-?\d+)? ?"
    rb"|\\(?P<symbol>[^a-z])|(?P<open>\{)|(?P<close>\})|[\r\n]+|(?P<text>[^\\{}\r\n]+)"
)
_HIDDEN: Final = {"fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "generator"}
_WORDS: Final = {"par": "\r\n", "line": "\r\n", "tab": "\t"}
_FILE: Final = rb"\objattph\'20"
GENERATOR: Final = rb"{\*\generator Riched20 16.0;}"


def text_of(rtf: bytes) -> str:
    """The plain text of an RTF document."""
    written: list[str] = []
    hidden = [False]
    for token in _TOKEN.finditer(rtf):
        if token["open"]:
            hidden.append(hidden[-1])
        elif token["close"]:
            hidden.pop()
        elif token["symbol"] == b"*" or (token["word"] and token["word"].decode() in _HIDDEN):
            hidden[-1] = True
        elif hidden and not hidden[-1]:
            written.append(_written(token))
    return "".join(written)


def _written(token: re.Match[bytes]) -> str:
    if token["hex"]:
        return bytes.fromhex(token["hex"].decode()).decode("cp1252")
    if token["unicode"]:
        return chr(int(token["unicode"]) % 0x10000)
    if token["word"]:
        return _WORDS.get(token["word"].decode(), "")
    symbol = token["symbol"] or b""
    return (token["text"] or (symbol if symbol in {b"\\", b"{", b"}"} else b"")).decode("cp1252")


def rtf_of(text: str) -> bytes:
    """The RTF that Outlook makes of a plain text."""
    lines = text.removesuffix("\r\n").replace("\r\n", "\n").split("\n")
    return rb"{\rtf1\ansi\ansicpg1252" + GENERATOR + b"".join(_escaped(line) + rb"\par " for line in lines) + b"}"


def settled(text: str) -> str:
    """A plain text as Outlook gives it after saving: with its own line ends, and one more at the end."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    return lines.replace("\n", "\r\n") + "\r\n" if lines else ""


def with_file(rtf: bytes) -> bytes:
    """An RTF document with the place of a file at its beginning: a space stands for it."""
    return rewritten(rtf).replace(GENERATOR, GENERATOR + _FILE, 1)


def without_file(rtf: bytes) -> bytes:
    """An RTF document without the first file's place."""
    return rtf.replace(_FILE, b"", 1)


def rewritten(rtf: bytes) -> bytes:
    """An RTF document as Outlook gives it after saving: with who wrote it."""
    return rtf if GENERATOR in rtf else rtf.replace(rb"{\rtf1", rb"{\rtf1" + GENERATOR, 1)


def _escaped(line: str) -> bytes:
    return b"".join(_character(each) for each in line)


def _character(each: str) -> bytes:
    if each in "\\{}":
        return b"\\" + each.encode()
    if each == "\t":
        return rb"\tab "
    if each.isascii():
        return each.encode()
    units = each.encode("utf-16-le")
    numbers = [int.from_bytes(units[at : at + 2], "little", signed=True) for at in range(0, len(units), 2)]
    return "".join(f"\\u{number}?" for number in numbers).encode()
