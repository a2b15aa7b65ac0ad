"""A document as HTML that holds nothing else.

It is written as a sanitiser would write it, so that one which keeps paragraphs, lists, links and plain styles changes
nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from itertools import groupby
from typing import Final

from passerelle.model import notes
from passerelle.wire.richtext.document import Document, Paragraph, Style

TAB: Final = "\u2003"
"""What shows as a tab: a space as wide as a letter is high."""
_SPACE: Final = "&nbsp;"


def write_html(document: Document) -> str:
    """A document as a fragment of HTML, to stand in any page."""
    parts = []
    for marker, found in groupby(document, lambda paragraph: paragraph.marker):
        if marker is None:
            parts += [f"<p>{_inside(paragraph)}</p>" for paragraph in found]
        else:
            points = "".join(f"<li>{_inside(paragraph)}</li>" for paragraph in found)
            parts.append(f"<{marker.value}>{points}</{marker.value}>")
    return "".join(parts)


def text_of(document: Document) -> str:
    """The text alone, as it is read off any note."""
    return notes.text_of(write_html(document)).replace(TAB, "\t")


def _inside(paragraph: Paragraph) -> str:
    # an empty paragraph takes no room in a page, and a line break at the end of one shows none
    inside = "".join(_runs(paragraph))
    return inside + "<br>" if not inside or inside.endswith("<br>") else inside


def _runs(paragraph: Paragraph) -> Iterator[str]:
    before = "\n"
    for link, found in groupby(paragraph.runs, lambda run: run.style.link):
        inside = ""
        for run in found:
            is_last = run is paragraph.runs[-1]
            inside += _styled(_marked_up(run.text, starts=before in "\n\t ", ends=is_last), run.style)
            before = run.text[-1]
        yield inside if link is None else _linked(inside, link)


def _styled(text: str, style: Style) -> str:
    for is_so, tag in ((style.strike, "s"), (style.underline, "u"), (style.italic, "i"), (style.bold, "b")):
        if is_so:
            text = f"<{tag}>{text}</{tag}>"
    return text


def _linked(text: str, link: str) -> str:
    address = escape(link, quote=False).replace('"', "&quot;")
    return f'<a href="{address}">{text}</a>'


def _marked_up(text: str, *, starts: bool, ends: bool) -> str:
    """Text whose spaces a page shows as they are, at the start and the end of its lines too."""
    lines = text.split("\n")
    found = []
    for number, each in enumerate(lines):
        spaced = escape(each, quote=False).replace("\t", TAB).replace("  ", f" {_SPACE}")
        if spaced.startswith(" ") and (number or starts):
            spaced = _SPACE + spaced[1:]
        if spaced.endswith(" ") and (ends or number < len(lines) - 1):
            spaced = spaced[:-1] + _SPACE
        found.append(spaced)
    return "<br>".join(found)
