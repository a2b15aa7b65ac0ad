"""HTML of any making as a document: what it shows, without what it does."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

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
from passerelle.wire.richtext.html_writer import TAB

_BLOCKS = frozenset(
    {
        *("address", "article", "aside", "blockquote", "body", "center", "dd", "div", "dl", "dt", "fieldset", "figure"),
        *("footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main", "nav", "ol", "p"),
        *("pre", "section", "table", "tbody", "td", "th", "thead", "tr", "ul"),
    }
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "th"})
_SILENT = frozenset({"head", "script", "style", "template", "title", "xml"})
_STYLES = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strike", "strike": "strike", "del": "strike",
}  # fmt: skip
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "col", "wbr", "area", "base", "embed"})
_SPACE = re.compile(r"[ \t\r\n\f]+")
_MOST_DEPTH = 200


def read_html(text: str) -> Document:
    """The document that a page or a fragment shows. Never fails: what is no HTML is text."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.document()


class _Reader(HTMLParser):
    """Keeps the elements that are open, each with the style inside it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self._open: list[tuple[str, Style]] = [("", Style())]
        self._lists: list[Marker] = []
        self._runs: list[Run] = []
        self._marker: Marker | None = None
        self._silent = 0
        self._spaced = True  # white space that comes now shows nothing
        self._found: list[Paragraph] = []

    def document(self) -> Document:
        self._flush()
        return without_empty_ends(self._found)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += tag not in _VOID
        if self._silent:
            return
        if tag == "br":
            self._add("\n")
            return
        if tag in _BLOCKS:
            self._flush()
            self._begin_block(tag)
        if tag not in _VOID and len(self._open) < _MOST_DEPTH:
            self._open.append((tag, self._styled(tag, dict(attrs))))

    def _begin_block(self, tag: str) -> None:
        if tag in {"ul", "ol"}:
            self._lists.append(Marker(tag))
        if tag == "li":
            self._marker = self._lists[-1] if self._lists else Marker.BULLET

    def _styled(self, tag: str, attributes: dict[str, str | None]) -> Style:
        style = self._open[-1][1]
        if tag in _STYLES or tag in _HEADINGS:
            style = replace(style, **{_STYLES.get(tag, "bold"): True})
        link = attributes.get("href") or ""
        return replace(style, link=link.strip()) if tag == "a" and is_safe_link(link) else style

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(self._silent - 1, 0)
        if self._silent:
            return
        if tag in _BLOCKS:
            self._flush()
        if tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
        if any(name == tag for name, _ in self._open[1:]):
            while self._open.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._add_spaced(_SPACE.sub(" ", data).replace(TAB, "\t"))

    def handle_entityref(self, name: str) -> None:
        self._add_reference(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._add_reference(f"&#{name};")

    def _add_reference(self, text: str) -> None:
        if not self._silent:
            self._add(_unescaped(text))

    def _add_spaced(self, text: str) -> None:
        """Add text whose white space counts once, and not at the beginning of a line."""
        if text := text.lstrip(" ") if self._spaced else text:
            self._add(text)
            self._spaced = text.endswith(" ")

    def _add(self, text: str) -> None:
        self._spaced = text == "\n"
        self._runs.append(Run(text, shown(self._open[-1][1])))

    def _flush(self) -> None:
        """End the paragraph, if there is anything in it."""
        runs = joined(self._runs)
        # white space at the end shows nothing, nor does the break that keeps an empty paragraph open
        if self._spaced and runs:
            last = runs[-1]
            runs = (*runs[:-1], *joined([replace(last, text=last.text[:-1])]))
        if self._runs:
            self._found.append(Paragraph(runs, self._marker))
            self._marker = None
        self._runs, self._spaced = [], True


def _unescaped(reference: str) -> str:
    return unescape(reference).replace(TAB, "\t").replace("\r", "\n")
