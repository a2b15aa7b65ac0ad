r"""RTF of any making as a document, Outlook's HTML in RTF too (MS-OXRTFEX: ``\fromhtml1``)."""

from __future__ import annotations

import codecs
import re
from collections.abc import Mapping
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from passerelle.wire.richtext.document import (
    Document,
    Marker,
    Paragraph,
    Run,
    Style,
    is_safe_link,
    joined,
    shown,
    without_empty_ends,
)
from passerelle.wire.richtext.html_reader import read_html
from passerelle.wire.richtext.rtf_tokens import Begin, Byte, End, Token, Word, tokens

_CHARSETS: Final[Mapping[int, str]] = {
    128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950", 161: "cp1253", 162: "cp1254", 163: "cp1258",
    177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
r"""Code pages of fonts by their ``\fcharset``; any other is the document's own."""

_SYMBOLS: Final[Mapping[str, str]] = {
    "tab": "\t", "line": "\n", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•",
    "endash": "–", "emdash": "—", "enspace": "\u2002", "emspace": "\u2003", "~": "\u00a0", "_": "\u2011",
    "\\": "\\", "{": "{", "}": "}", "cell": "\t",
}  # fmt: skip
_ENDS = frozenset({"par", "row", "sect", "page", "\r", "\n"})
_TOGGLES = {"b": "bold", "i": "italic", "strike": "strike", "ul": "underline", "uldb": "underline", "ulw": "underline"}
_DESTINATIONS: Final[Mapping[str, str]] = {
    "pntext": "mark", "listtext": "mark", "fldinst": "field", "htmltag": "html", "shptxt": "",
    **dict.fromkeys(("fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "footnote", "nonshppict"), "skip"),
    **dict.fromkeys(("header", "headerl", "headerr", "headerf", "footer", "footerl", "footerr", "footerf"), "skip"),
}  # fmt: skip
_NUMBERED = re.compile(r"\s*\w{1,5}[.)]")
"""What stands before a numbered point; a bullet may be a letter, too, of a font with other pictures."""
_MOST_DEPTH = 500
_FILE: Final = "objattph"
"""Before the character that stands for a file in Outlook's text."""


class _State(Struct, frozen=True, kw_only=True):
    """What holds inside a group. ``destination`` is where its text goes: the body if empty."""

    style: Style = Style()
    destination: str = ""
    font: int = 0
    skip: int = 1
    is_hidden: bool = False
    in_rtf: bool = False
    """Inside what MS-OXRTFEX marks as made for readers of RTF only."""


def read_rtf(data: bytes) -> Document:
    """The document that RTF shows. Never fails: what is no RTF shows nothing."""
    reader = _Reader()
    for token in tokens(data):
        reader.take(token)
    return reader.document()


class _Reader:
    def __init__(self) -> None:
        self._states = [_State()]
        self._page = "cp1252"
        self._fonts: dict[int, str] = {}
        self._bytes = bytearray()
        self._unit = ""  # the first half of a surrogate pair
        self._to_skip = 0
        self._runs: list[Run] = []
        self._marker: Marker | None = None
        self._mark = ""
        self._link = ""
        self._found: list[Paragraph] = []
        self._html: list[str] | None = None
        self._is_optional = False

    def document(self) -> Document:
        self._decode()
        if self._html is not None:
            return read_html("".join(self._html))
        if self._runs:
            self._end_paragraph()
        return without_empty_ends(self._found)

    def take(self, token: Token) -> None:
        if not isinstance(token, Byte):
            self._decode()
        match token:
            case Byte(value=value):
                self._byte(value)
            case Begin():
                self._to_skip = 0
                if len(self._states) < _MOST_DEPTH:
                    self._states.append(self._states[-1])
            case End():
                self._to_skip = 0
                self._end_group()
            case Word():
                self._word(token)

    @property
    def _state(self) -> _State:
        return self._states[-1]

    def _set(self, **changes: object) -> None:
        self._states[-1] = replace(self._state, **changes)

    def _end_group(self) -> None:
        if len(self._states) > 1:
            ended = self._states.pop()
            if ended.destination == "mark" and self._state.destination != "mark":
                self._marker = Marker.NUMBER if _NUMBERED.match(self._mark) else Marker.BULLET
                self._mark = ""

    def _byte(self, value: int) -> None:
        if self._to_skip:
            self._to_skip -= 1
        else:
            self._bytes.append(value)

    def _decode(self) -> None:
        if not self._bytes:
            return
        page = self._fonts.get(self._state.font, self._page)
        text = self._bytes.decode(page, "replace")
        self._bytes.clear()
        self._text(text)

    def _text(self, text: str) -> None:
        state = self._state
        match state.destination:
            case "":
                self._body(text)
            case "html":
                if self._html is not None:
                    self._html.append(text)
            case "mark":
                self._mark += text
            case "field":
                self._link += text

    def _body(self, text: str) -> None:
        state = self._state
        if self._html is not None:
            if not state.in_rtf:
                self._html.append(text)
        elif not state.is_hidden:
            self._runs.append(Run(text, shown(state.style)))

    def _end_paragraph(self) -> None:
        self._found.append(Paragraph(joined(self._runs), self._marker))
        self._runs, self._marker = [], None

    def _word(self, word: Word) -> None:
        name, number = word.name, word.number
        is_optional, self._is_optional = self._is_optional, name == "*"
        if name in _SYMBOLS:
            self._text(_SYMBOLS[name])
        elif name in _ENDS:
            self._end_line()
        elif name == "u":
            self._unicode(number or 0)
        elif name == _FILE:
            self._to_skip = 1
        elif not (self._style(name, number) or self._setting(name, number) or self._destination(name)) and is_optional:
            self._set(destination="skip")

    def _end_line(self) -> None:
        if self._html is not None or self._state.destination == "html":
            self._text("\r\n")
        elif self._state.destination == "":
            self._end_paragraph()

    def _unicode(self, number: int) -> None:
        """One unit of UTF-16; for readers that know none, some characters follow that say less."""
        self._unit += (number & 0xFFFF).to_bytes(2, "little").decode("utf-16-le", "surrogatepass")
        if not 0xD800 <= number & 0xFFFF < 0xDC00:  # noqa: PLR2004 - the first half of a pair
            self._text(self._unit.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace"))
            self._unit = ""
        self._to_skip = self._state.skip

    def _style(self, name: str, number: int | None) -> bool:
        """Take a word that says how text looks."""
        style = self._state.style
        if name in _TOGGLES:
            style = replace(style, **{_TOGGLES[name]: number != 0})
        elif name == "ulnone":
            style = replace(style, underline=False)
        elif name == "plain":
            style = Style(link=style.link)
        else:
            return False
        self._set(style=style)
        return True

    def _setting(self, name: str, number: int | None) -> bool:
        """Take a word that says how the text after it is to be read."""
        value = number or 0
        match name:
            case "ansicpg":
                self._page = _known(f"cp{value}")
            case "f":
                self._set(font=value)
            case "fcharset":
                if self._state.destination == "skip" and value in _CHARSETS:
                    self._fonts[self._state.font] = _CHARSETS[value]
            case "uc":
                self._set(skip=max(value, 0))
            case "v":
                self._set(is_hidden=number != 0)
            case "fromhtml":
                self._html = [] if value and self._html is None else self._html
            case "htmlrtf":
                self._set(in_rtf=number != 0)
            case _:
                return False
        return True

    def _destination(self, name: str) -> bool:
        """Take a word that says where the text of its group goes; a group inside one that is skipped is, too."""
        if self._state.destination == "skip":
            return True
        if name == "fldrslt":
            self._set(destination="", style=replace(self._state.style, link=_link(self._link)))
            self._link = ""
            return True
        found = _DESTINATIONS.get(name)
        if found:
            self._set(destination=found)
        return found is not None


def _known(page: str) -> str:
    try:
        return codecs.lookup(page).name
    except LookupError:
        return "cp1252"


def _link(instruction: str) -> str | None:
    """The address in ``HYPERLINK "address"``."""
    found = re.match(r'\s*HYPERLINK\s+"?([^"\s]+)', instruction)
    return found[1] if found and is_safe_link(found[1]) else None
