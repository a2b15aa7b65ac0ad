"""The documentation's page of what becomes of each field on its way, made from what the test puts through it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import singledispatch
from zoneinfo import ZoneInfo

from passerelle.model.fields import Kind
from passerelle.model.items import Member, Photo
from passerelle.model.moments import ONE_DAY, Day, Timed, WholeDays
from passerelle.model.participants import Participant
from passerelle.model.recurrence import Recurrence
from passerelle.peers.outlook.mapping.page import change_of, server_of
from tests.sync.hops.journeys import JOURNEYS
from tests.sync.hops.rows import FILES, Row, field_of

_TITLES = {
    Kind.CONTACT: "Contacts and distribution lists",
    Kind.APPOINTMENT: "Appointments",
    Kind.TASK: "Tasks",
}
_INTRODUCTION = """\
# Fields on their way to Outlook and back

<!-- Made by scripts/outlook-hops; change tests/sync/hops instead. -->

Every row of the original connector's manual goes from a server to a replica, from there to Outlook, is changed there by
its user, and comes back: with the real server over HTTP, a replica, the engine, and a
[double](../decisions/0041-a-double-of-outlook.md) of Outlook, in every test run. What is not named in *back on the
server* must be there as it was. It is done twice: with our own server, which keeps all, and with the plain interface of
an Open-Xchange, which keeps what the last column says.

*Outlook may change* is what the step to Outlook may make of the value as it is shown; the true one stands until
somebody changes it there. A real Outlook has not been asked: that is what `passerelle outlook selftest` is for.
"""
_COLUMNS = (
    "row",
    "field",
    "on the server",
    "in Outlook",
    "changed there",
    "back on the server",
    "Outlook may change",
    "Open-Xchange may change",
)


def page() -> str:
    """Return the page as Markdown, one table per kind of item."""
    return "\n".join([_INTRODUCTION, *(_section(kind) for kind in _TITLES)])


def _section(kind: Kind) -> str:
    rows = [row for journey in JOURNEYS if journey.table is kind for row in journey.rows]
    order = {row.number: number for number, row in enumerate(rows)}
    lines = (_line(kind, row) for row in sorted(rows, key=lambda row: (_place(row.number), order[row.number])))
    head = _joined(_COLUMNS) + _joined(["---"] * len(_COLUMNS))
    return f"## {_TITLES[kind]}\n\n{head}{''.join(lines)}"


def _joined(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |\n"


def _place(number: str) -> float:
    """Sections of the manual, then its rows."""
    first = number.partition("-")[0]
    return float(first) if first.isdecimal() else 0 if number == "1.2" else 1000


def _line(kind: Kind, row: Row) -> str:
    field = field_of(kind, row)
    label = field.outlook_label.replace(" | ", ", ")
    cells = (
        row.number,
        f"{label} (`{field.name}`)" if field.name else label,
        _all(row.there),
        _members(row.shown),
        row.done or _members(row.edit),
        _all(row.back),
        change_of(field),
        "; ".join(filter(None, (row.remark, _otherwise(row.plain), _kept(server_of(field))))),
    )
    return _joined(cell.replace("|", r"\|").replace("\n", " ↵ ").replace("<", "&lt;") or "–" for cell in cells)


def _all(values: Mapping[str, object]) -> str:
    said = {
        name: f"{words(value)} UTC" if isinstance(value, datetime) else words(value) for name, value in values.items()
    }
    return "".join(said.values()) if len(said) == 1 else ", ".join(f"`{name}` {value}" for name, value in said.items())


def _members(values: Mapping[str, object]) -> str:
    return ", ".join(f"`{name}` {words(value)}" for name, value in values.items())


def _otherwise(values: Mapping[str, object]) -> str:
    return f"there it is then: {_all(values)}" if values else ""


def _kept(server: str) -> str:
    return "" if server in {"carried", FILES, "attachments"} else server


@singledispatch
def words(value: object) -> str:
    """A value in words."""
    return str(value).replace("\r\n", "\n")


@words.register
def _(_: None) -> str:
    return "none"


@words.register
def _(value: bool) -> str:
    return "yes" if value else "no"


@words.register
def _(value: Enum) -> str:
    return value.name.replace("_", " ").lower() if value.name.isupper() else value.name


@words.register
def _(value: datetime) -> str:
    clock = " %H:%M:%S" if value.second else " %H:%M" if value.hour or value.minute else ""
    return f"{value:%Y-%m-%d{clock}}"


@words.register
def _(value: date) -> str:
    return value.isoformat()


@words.register
def _(value: Timed) -> str:
    start, end = (moment.astimezone(ZoneInfo(value.zone)) for moment in (value.start, value.end))
    clock = "%H:%M:%S" if start.second else "%H:%M"
    return f"{start:%Y-%m-%d {clock}}–{end:%H:%M} {value.zone}"


@words.register
def _(value: WholeDays) -> str:
    return f"{value.start} to {value.end - ONE_DAY}"


@words.register
def _(value: Day) -> str:
    return value.day.isoformat()


@words.register
def _(value: Photo) -> str:
    return value.media_type


@words.register
def _(value: Member) -> str:
    return f"{value.name} <{value.mail}>" if value.name else value.mail


@words.register
def _(value: Participant) -> str:
    return value.mail


@words.register
def _(value: Recurrence) -> str:
    (rule,) = value.rules
    every = (
        f"{rule.frequency.value.lower()}, each {rule.interval}." if rule.interval > 1 else rule.frequency.value.lower()
    )
    return f"{every}, {rule.count} times" if rule.count else f"{every}, until {rule.until:%Y-%m-%d}"


@words.register(tuple)
def _(value: Iterable[object]) -> str:
    return ", ".join(map(words, value))


@words.register(dict)
def _(value: Mapping[str, bytes]) -> str:
    return ", ".join(value)
