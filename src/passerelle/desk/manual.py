"""The manual as pages: what stands in ``docs/manual``, as this installation has it, without its pictures."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup
from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.visit import Visit
from passerelle.model.errors import NotFound
from passerelle.model.text import Text

BOOKS: Final = {"user": Text("For users"), "administrator": Text("For administrators")}
_PACKAGED: Final = Path(__file__).parent / "books"
_IN_SOURCES: Final = Path(__file__).parents[3] / "docs" / "manual"
_OTHER: Final = re.compile(r"(\w+)\.md(#[\w-]+)?")


class Chapter(Struct, frozen=True):
    """A heading and the name of its place."""

    title: str
    place: str


class Book(Struct, frozen=True):
    """A book as HTML of our own making, with its chapters."""

    html: Markup
    chapters: tuple[Chapter, ...]


def page(visit: Visit) -> Response:
    """A book; it asks nobody and needs no account. Raises NotFound: there is no such book."""
    name = visit.fields.get("book", "user")
    values = {"module": "/about", "name": name, "books": BOOKS, "book": book(name)}
    return visit.page("manual.html", values)


@cache
def book(name: str) -> Book:
    """A book by its name.

    Raises:
        NotFound: there is none.
    """
    directory = _PACKAGED if _PACKAGED.is_dir() else _IN_SOURCES
    path = directory / f"{name}.md"
    if name not in BOOKS or not path.is_file():
        raise NotFound("The manual has no such book.")
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(path.read_text(encoding="utf-8"))
    chapters = tuple(_chapters(tokens))
    for token in tokens:
        if token.children is not None:
            token.children = list(_with_links_that_lead_somewhere(token.children))
    return Book(Markup(reader.renderer.render(tokens, reader.options, {})), chapters)  # noqa: S704 - all is escaped


def _chapters(tokens: Sequence[Token]) -> Iterator[Chapter]:
    """The chapters; each heading becomes a place that links lead to."""
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            place = re.sub(r"[^\w\- ]", "", inline.content.lower()).replace(" ", "-")
            opening.attrSet("id", place)
            if opening.tag == "h2":
                yield Chapter(inline.content, place)


def _with_links_that_lead_somewhere(tokens: Sequence[Token]) -> Iterator[Token]:
    """Words and links within the manual; of pictures and other links only the words."""
    leads: list[bool] = []
    for token in tokens:
        if token.type == "link_open":
            target = _target(str(token.attrGet("href")))
            leads.append(bool(target))
            token.attrSet("href", target)
        is_link = token.type in {"link_open", "link_close"}
        if token.type != "image" and (not is_link or leads[-1]):
            yield token
        if token.type == "link_close":
            leads.pop()


def _target(address: str) -> str:
    """Where a link leads on these pages; "" for nowhere."""
    if address.startswith("#"):
        return address
    found = _OTHER.fullmatch(address)
    return f"?book={found[1]}{found[2] or ''}" if found is not None and found[1] in BOOKS else ""
