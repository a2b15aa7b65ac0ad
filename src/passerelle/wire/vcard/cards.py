"""The cards of a file as content lines in one form, whatever version of vCard wrote them.

The common form is that of vCard 3.0 (RFC 2426): what 2.1 says in its own way (bare parameters, quoted-printable,
character sets, cards inside of cards) and what 4.0 (RFC 6350) says differently is translated here, once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from msgspec.structs import replace

from passerelle.model.errors import Unreadable
from passerelle.model.text import Text, sentences
from passerelle.wire.contentlines import (
    ContentLine,
    Logical,
    Params,
    decode,
    escape,
    parse,
    split,
    unescape,
)
from passerelle.wire.encodings import ENCODINGS, LABEL, encoding_of, read_line, rebuilt
from passerelle.wire.findings import Problem

_VALUES = {"INLINE", "CONTENT-ID", "CID", "URL"}
_STRUCTURED = {"N", "ADR", "ORG"}
_TEXTS = {"FN", "TITLE", "ROLE", "NOTE", "LABEL", "NICKNAME", "MAILER", "X-MS-MANAGER", "X-MS-ASSISTANT", "X-MS-SPOUSE"}
_SINGLE_TEXTS = {"FN", "TITLE", "ROLE", "NOTE", "LABEL", "MAILER"}
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")
_DATA = re.compile(r"data:([\w.+-]+/[\w.+-]+)?(?:;[\w=.+-]+)*;base64,", re.IGNORECASE)
_MEDIA = ("PHOTO", "LOGO", "SOUND", "KEY")
_KEYS = {"application/pgp-keys": "PGP", "application/x-x509-ca-cert": "X509"}
"""The types of keys in 4.0 and in 3.0."""
_FOLDED = 60


@dataclass
class Card:
    """One vCard. ``line`` is where it begins; ``damage`` why it cannot be used, if it is broken."""

    line: int
    octets: list[Logical] = field(default_factory=list)
    lines: list[ContentLine] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    damage: Problem | None = None

    @property
    def version(self) -> str:
        """The version that the card names, 3.0 if it names none."""
        return next((each.value.strip() for each in self.lines if each.name == "VERSION"), "3.0")


def read_cards(lines: Iterable[Logical], outside: list[Logical]) -> Iterator[Card]:
    """Yield the cards of a file; cards inside of cards become the text of their AGENT.

    Lines that belong to no card are added to ``outside``.
    """
    card: Card | None = None
    inner: list[str] = []
    depth = 0
    for logical in lines:
        mark = logical.octets.strip().upper().replace(b" ", b"")
        if mark == b"BEGIN:VCARD" and card is not None and _is_agent(card):
            depth, inner = 1, ["BEGIN:VCARD"]
        elif depth:
            inner.append(decode(logical.octets))
            depth -= mark == b"END:VCARD"
            if not depth and card is not None:
                _set_agent(card, inner)
        elif mark == b"BEGIN:VCARD":
            if card is not None:
                yield _cut_off(card, Text("It is not ended before line {line}.", line=logical.number))
            card = Card(logical.number)
        elif mark == b"END:VCARD" and card is not None:
            yield _parsed(card)
            card = None
        else:
            (outside if card is None else card.octets).append(logical)
    if card is not None:
        yield _cut_off(card, Text("The file ends before END:{name}.", name="VCARD"))


def _is_agent(card: Card) -> bool:
    last = card.octets[-1].octets.strip().upper() if card.octets else b""
    return last.partition(b";")[0].partition(b":")[0] == b"AGENT" and last.endswith(b":")


def _set_agent(card: Card, inner: Sequence[str]) -> None:
    last = card.octets[-1]
    card.octets[-1] = replace(last, octets=b"AGENT:" + escape("\n".join(inner)).encode())


def _cut_off(card: Card, reason: str) -> Card:
    card.damage = Problem(card.line, sentences(Text("This vCard is cut off."), reason))
    return card


def _parsed(card: Card) -> Card:
    for logical in card.octets:
        try:
            card.lines.append(read_line(logical))
        except Unreadable as error:
            _mend(card, logical, Problem(error.line, error.text))
    version = card.version
    card.lines = with_labels([_common_form(each, version) for each in card.lines])
    return card


def _mend(card: Card, logical: Logical, problem: Problem) -> None:
    """Append a line that is none to the one before: it was broken without a space, or is a line of its text."""
    if not card.lines:
        card.damage = problem
        return
    before = card.lines[-1]
    joint = "" if len(before.text.encode()) >= _FOLDED else "\\n"
    card.lines[-1] = parse(before.text + joint + decode(logical.octets), before.number)
    card.notes.append(
        Problem(problem.line, sentences(problem.reason, Text("It was taken as the rest of the line before.")))
    )


def with_labels(lines: Sequence[ContentLine]) -> list[ContentLine]:
    """Give each grouped line the label of its group as one more parameter; its text stays as it is."""
    labels = {each.group.upper(): _label(each.value) for each in lines if each.group and each.name == LABEL}
    if not labels:
        return list(lines)
    return [
        replace(each, params=(*each.params, (LABEL, (labels[each.group.upper()],))))
        if each.group and each.name != LABEL and each.group.upper() in labels
        else each
        for each in lines
    ]


def _label(value: str) -> str:
    """Return a label without the marks of Apple's predefined ones: ``_$!<Spouse>!$_``."""
    return unescape(value).removeprefix("_$!<").removesuffix(">!$_")


def _common_form(line: ContentLine, version: str) -> ContentLine:
    if version.startswith("2"):
        return _from_21(line)
    if "\n" in line.value:  # quoted-printable, which only 2.1 knows
        return rebuilt(line, line.params, line.value.replace("\n", "\\n"))
    if line.name in _SINGLE_TEXTS and line.value != (value := escape(unescape(line.value))):
        return rebuilt(line, line.params, value)  # programs forget to escape, or escape too much
    return _from_40(line) if version.startswith("4") else _from_30(line)


def _from_21(line: ContentLine) -> ContentLine:
    params: list[tuple[str, tuple[str, ...]]] = []
    types: list[str] = []
    for name, values in line.params:
        if name:
            params.append((name, ("b",) if name == "ENCODING" and values[:1] == ("BASE64",) else values))
            continue
        bare = values[0].upper()
        if bare in ENCODINGS:
            params.append(("ENCODING", ("b",) if bare in {"BASE64", "B"} else (bare,)))
        elif bare in _VALUES:
            params.append(("VALUE", (bare,)))
        else:
            types.append(bare)
    if types:
        params.insert(0, ("TYPE", tuple(types)))
    return rebuilt(line, tuple(params), _value_of_21(line))


def _value_of_21(line: ContentLine) -> str:
    """Return a value of 2.1, where only semicolons are escaped, with the escapes of 3.0."""
    if encoding_of(line) in {"BASE64", "B"}:
        return re.sub(r"\s", "", line.value)
    if line.name in _STRUCTURED:
        return ";".join(escape(part.replace("\\;", ";")) for part in _split_21(line.value))
    if line.name == "CATEGORIES":
        return ",".join(escape(part) for part in line.value.split(","))
    if line.name in _TEXTS:
        return escape(line.value.replace("\\;", ";"))
    return line.value.replace("\n", "\\n")


def _split_21(value: str) -> list[str]:
    return re.split(r"(?<!\\);", value)


def _from_30(line: ContentLine) -> ContentLine:
    if line.name in {"X-ADDRESSBOOKSERVER-KIND", "X-ADDRESSBOOKSERVER-MEMBER"}:
        return rebuilt(line, line.params, line.value, line.name.removeprefix("X-ADDRESSBOOKSERVER-"))
    if any(not name for name, _ in line.params) or (line.name in _MEDIA and re.search(r"\s", line.value)):
        return _from_21(line) if encoding_of(line) in {"BASE64", "B"} else _with_types(line)
    return line


def _with_types(line: ContentLine) -> ContentLine:
    """Return a line of 3.0 whose types were written as in 2.1."""
    types = tuple(values[0].upper() for name, values in line.params if not name)
    named = tuple((name, values) for name, values in line.params if name)
    return rebuilt(line, (("TYPE", types), *named), line.value)


def _from_40(line: ContentLine) -> ContentLine:
    if line.name in {"BDAY", "ANNIVERSARY"}:
        match = _DATE.fullmatch(line.value.strip())
        name = "X-ANNIVERSARY" if line.name == "ANNIVERSARY" else line.name
        return rebuilt(line, line.params, "-".join(match.groups()), name) if match else line
    if line.name in _MEDIA:
        return _from_data(line)
    if line.param("PREF") == "1":
        others = tuple((name, values) for name, values in line.params if name != "PREF")
        return rebuilt(line, _with_type(others, "PREF"), line.value)
    return line


def _from_data(line: ContentLine) -> ContentLine:
    match = _DATA.match(line.value)
    if match is None:
        return line
    media = match[1] or "application/octet-stream"
    kind = media.partition("/")[2].upper() if media.startswith(("image/", "audio/")) else _KEYS.get(media, media)
    named = tuple((name, values) for name, values in line.params if name not in {"MEDIATYPE", "VALUE"})
    return rebuilt(line, (("ENCODING", ("b",)), *_with_type(named, kind)), line.value[match.end() :])


def _with_type(params: Params, kind: str) -> Params:
    """Return parameters with one more type."""
    types = next((values for name, values in params if name == "TYPE"), None)
    if types is None:
        return (("TYPE", (kind,)), *params)
    return tuple(
        (name, (*values, kind)) if name == "TYPE" and values is types else (name, values) for name, values in params
    )


def in_version(line: ContentLine, version: str) -> str:
    """Return a line of the common form as a version writes it, unfolded."""
    if version.startswith("4"):
        return _in_40(line)
    if line.name in {"KIND", "MEMBER"}:
        return rebuilt(line, line.params, line.value, f"X-ADDRESSBOOKSERVER-{line.name}").text
    if line.param("PREF") == "1" and "PREF" not in line.all("TYPE"):
        others = tuple((name, values) for name, values in line.params if name != "PREF")
        return rebuilt(line, _with_type(others, "PREF"), line.value).text
    return line.text


def _in_40(line: ContentLine) -> str:
    if line.name in {"BDAY", "X-ANNIVERSARY"} and re.fullmatch(r"\d{4}-\d\d-\d\d", line.value):
        name = line.name.removeprefix("X-")
        return rebuilt(line, line.params, line.value.replace("-", ""), name).text
    if line.name in _MEDIA and (line.param("ENCODING") or "").upper() in {"B", "BASE64"}:
        return _as_data(line)
    if "PREF" in line.all("TYPE"):
        kept = ((name, _without_pref(name, values)) for name, values in line.params)
        params = tuple((name, values) for name, values in kept if values)
        return rebuilt(line, (*params, ("PREF", ("1",))), line.value).text
    return line.text


def _without_pref(name: str, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value for value in values if value.upper() != "PREF") if name == "TYPE" else values


def _as_data(line: ContentLine) -> str:
    kind = next((value for value in line.all("TYPE") if value != "PREF"), "").lower()
    family = {"PHOTO": "image/", "LOGO": "image/", "SOUND": "audio/"}.get(line.name, "")
    other = next((name for name, key in _KEYS.items() if key.lower() == kind), "application/octet-stream")
    media = kind if "/" in kind else f"{family}{kind}" if family and kind else other
    params = tuple((name, values) for name, values in line.params if name not in {"TYPE", "ENCODING", "VALUE"})
    return rebuilt(line, params, f"data:{media};base64,{line.value}").text


def parts(value: str) -> list[str]:
    """Return the components of a structured value, each with its list of texts joined by a comma."""
    return [", ".join(unescape(text) for text in split(part, ",") if text) for part in split(value, ";")]
