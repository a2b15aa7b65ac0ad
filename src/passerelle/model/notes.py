"""Notes in two forms: the text, which every peer knows, and the formatted one, as HTML (design, section 4).

One rule holds the two together, whoever writes. The formatted form follows the text: it is dropped when somebody who
knows only the text changes that. And the text follows the formatted form: whoever gives only that one has it read off.
No HTML is trusted, wherever it comes from: what is not listed here is taken out, and with it all that could run, be
fetched from elsewhere, or hide.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache
from html import escape, unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final, TypeVar

from msgspec.structs import replace

from passerelle.model.items import Item

if TYPE_CHECKING:
    import nh3

T = TypeVar("T", bound=Item)

_BLOCKS: Final = frozenset(
    {"blockquote", "div", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "table", "tr", "ul"}
)
_INLINE: Final = frozenset({"a", "b", "br", "code", "del", "em", "i", "s", "strong", "sub", "sup", "u"})
_CELLS: Final = frozenset({"tbody", "td", "th", "thead"})
_LINKS: Final = frozenset({"http", "https", "mailto", "tel"})
_HIDDEN: Final = frozenset({"head", "script", "style", "template", "title"})
"""What goes with its content; of all else that is taken out, the words stay."""
_VOID: Final = frozenset({"br", "hr"})
_ELEMENTS: Final = _BLOCKS | _INLINE | _CELLS
_SAID: Final = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
"""The attributes that stay."""
_CELL: Final = (frozenset({"td", "th"}), frozenset({"tr", "table"}))
_BY_ITSELF: Final = {
    **dict.fromkeys(_BLOCKS, (frozenset({"p"}), _CELLS | {"table"})),
    "li": (frozenset({"li"}), frozenset({"ol", "ul", "table"})),
    "tr": (frozenset({"tr"}), frozenset({"table"})),
    "td": _CELL,
    "th": _CELL,
}
"""What ends where an element begins, as far as it is not outside of these."""
_DEEPEST: Final = 50
"""How many elements may stand within each other."""
_TOKEN: Final = re.compile(
    r"<!--.*?(?:-->|\Z)|<(/?)([a-zA-Z][a-zA-Z0-9]*)([^<>]*)>|<[!?/][^<>]*>?|(<|[^<]+)", re.DOTALL
)
"""A comment, a tag, what else is no text, and text; each takes as long as it is."""
_ATTRIBUTE: Final = re.compile(r"""(?:^|[\s"'/])([a-zA-Z]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))""")
_TAG: Final = re.compile("<([a-z0-9]+)")
_INDENTED: Final = 8
"""How far entries of lists in lists are indented."""
_SPACES: Final = re.compile("[ \t\r\n\f]+")


@cache
def _cleaner() -> nh3.Cleaner:
    import nh3  # noqa: PLC0415 - readers need none, and Wine, where the mapping is tried, cannot load it

    return nh3.Cleaner(
        tags=set(_ELEMENTS),
        clean_content_tags=set(_HIDDEN),
        attributes=_SAID,
        url_schemes=set(_LINKS),
        link_rel=None,
    )


def clean(html: str) -> str:
    """The HTML without what may not be in a note; cleaning it again changes nothing.

    >>> clean('<p onclick="x()">Hello <script>steal()</script><a href="javascript:x()">there</a></p>')
    '<p>Hello <a>there</a></p>'
    """
    return _cleaner().clean(_Trimmer().trimmed(html))


def says_more(html: str) -> bool:
    """Whether clean HTML says more than its text does."""
    return not frozenset(_TAG.findall(html)) <= {"br", "div", "p"}


def paired(before: Item | None, after: T, said: Collection[str]) -> T:
    """An item after a change with notes that go together, its HTML clean. ``said`` names what the change says.

    ``before`` is None for a new item, all of which is said.
    """
    was = None if before is None else before.note_html
    if after.note_html is None:
        return after
    if after.note_html == was and "note_html" not in said:
        return after if before is None or after.note == before.note else replace(after, note_html=None)
    html = clean(after.note_html) or None
    is_said = after.note is not None if before is None else "note" in said
    note = after.note if is_said or html is None else text_of(html) or None
    return replace(after, note=note, note_html=html)


def text_of(html: str) -> str:
    """The text of clean HTML: a line for each block, lists with dashes or numbers, links with their address.

    >>> text_of("<h2>Trip</h2><ul><li><b>Tent</b></li></ul><p>See <a href='https://a.example'>here</a></p>").splitlines()
    ['Trip', '- Tent', 'See here <https://a.example>']
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Trimmer:
    """Writes HTML anew with the elements and links that a note may have, each closed where it ends, and none too deep.

    What it leaves costs a cleaner as much time as it is long. Of HTML as it comes, a cleaner can take hours: elements
    within elements within elements, or a thousand attributes. The standard library's parser can take as long.
    """

    def __init__(self) -> None:
        self._written: list[str] = []
        self._open: list[str] = []
        self._hidden = ""

    def trimmed(self, html: str) -> str:
        """The HTML as it may be cleaned."""
        for found in _TOKEN.finditer(html):
            end, tag, attributes, text = found.groups()
            if tag is not None:
                self._take(tag.lower(), attributes, is_end=bool(end))
            elif text is not None and not self._hidden:
                self._written.append(escape(unescape(text), quote=False))
        self._close_to(0)
        return "".join(self._written)

    def _take(self, tag: str, attributes: str, *, is_end: bool) -> None:
        if self._hidden or (tag in _HIDDEN and not is_end):
            self._hidden = "" if is_end and tag == self._hidden else self._hidden or tag
        elif is_end and tag in self._open:
            self._close_to(len(self._open) - 1 - self._open[::-1].index(tag))
        elif not is_end and tag in _VOID:
            self._written.append(f"<{tag}>")
        elif not is_end and tag in _ELEMENTS:
            self._begin(tag, attributes)

    def _begin(self, tag: str, attributes: str) -> None:
        """Begin an element; what ends by itself there is closed: the last paragraph, entry, row or cell."""
        ends, within = _BY_ITSELF.get(tag, (frozenset(), frozenset()))
        for place in range(len(self._open) - 1, -1, -1):
            if self._open[place] in within:
                break
            if self._open[place] in ends:
                self._close_to(place)
                break
        if len(self._open) < _DEEPEST:
            self._open.append(tag)
            self._written.append(f"<{tag}{''.join(_said(tag, attributes))}>")

    def _close_to(self, place: int) -> None:
        while len(self._open) > place:
            self._written.append(f"</{self._open.pop()}>")


def _said(tag: str, attributes: str) -> Iterator[str]:
    """The attributes of an element that stay."""
    for found in _ATTRIBUTE.finditer(attributes) if tag in _SAID else ():
        name, *values = found.groups()
        if name.lower() in _SAID[tag]:
            value = next(one for one in values if one is not None)
            yield f' {name.lower()}="{escape(unescape(value))}"'


class _Reader(HTMLParser):
    """Reads text off HTML. ``_lists`` holds, for each list around, the number of its last entry, or None for dashes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._lists: list[int | None] = []
        self._link = ("", 0)
        self._pre = 0

    def text(self) -> str:
        self._end_line()
        lines = (line.replace("\N{NO-BREAK SPACE}", " ").rstrip() for line in self._lines)
        return "\n".join(lines).rstrip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end_line()
        match tag:
            case "br":
                self._break()
            case "ol" | "ul":
                self._lists.append(0 if tag == "ol" else None)
            case "li":
                self._begin_entry()
            case "a":
                self._link = (dict(attrs).get("href") or "", len(self._line))
            case "pre":
                self._pre += 1
            case "td" | "th" if self._line:
                self._line += "\t"

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        if tag in _BLOCKS:
            self._end_line()
        if tag in {"ol", "ul"} and self._lists:
            self._lists.pop()
        if tag == "pre":
            self._pre -= 1

    def handle_data(self, data: str) -> None:
        if self._pre:
            *whole, last = data.split("\n")
            for one in whole:
                self._line += one
                self._break()
            self._line += last
            return
        words = _SPACES.sub(" ", data)
        self._line += words.removeprefix(" ") if not self._line or self._line.endswith((" ", "\t")) else words

    def _begin_entry(self) -> None:
        depth = min(max(len(self._lists) - 1, 0), _INDENTED)
        if self._lists and (number := self._lists[-1]) is not None:
            self._lists[-1] = number + 1
        mark = f"{self._lists[-1]}." if self._lists and self._lists[-1] else "-"
        self._line = f"{'  ' * depth}{mark} "

    def _end_link(self) -> None:
        href, start = self._link
        shown = self._line[start:].strip()
        if href and shown not in {href, href.removeprefix("mailto:"), href.removeprefix("tel:")}:
            self._line = f"{self._line.rstrip()} <{href}>"
        self._link = ("", 0)

    def _end_line(self) -> None:
        if self._line.strip(" "):
            self._break()
        self._line = ""

    def _break(self) -> None:
        self._lines.append(self._line)
        self._line = ""
