"""The history: what happened to items, with both versions, and how to take it back."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.connector.around import account_of, at, page
from passerelle.desk.connector.household import Household
from passerelle.desk.connector.labels import Row, label_of, side_by_side
from passerelle.desk.visit import Visit
from passerelle.model.ids import ItemId
from passerelle.model.text import Text, plural, sentences
from passerelle.sync.history.entries import Done, Event, What
from passerelle.sync.history.wording import ALONE, came_back_alone, told
from passerelle.sync.replica import Replica

_PAGE: Final = 50
_MOST: Final = 1000


class Line(Struct, frozen=True, kw_only=True):
    """One thing that happened, as the page shows it."""

    event: Event
    at: str
    told: Text
    rows: list[Row]
    columns: tuple[Text, Text]
    can_restore: bool


def history(household: Household, visit: Visit) -> Response:
    """The page: what happened lately, or all that is known of one item."""
    return page(household, visit, "connector/history.html", _values(household, visit))


def lines(household: Household, visit: Visit) -> Response:
    """The list alone."""
    return visit.page("connector/lines.html", _values(household, visit))


def undo(household: Household, visit: Visit) -> Response:
    """Take back a decision, or the user's last change."""
    number = visit.number("number") if visit.fields.get("number") else None
    replica = _replica(household, visit)
    return _restored(visit, replica, replica.history.undo(number))


def copy(household: Household, visit: Visit) -> Response:
    """Keep what gave way to a decision as an entry of the user's own."""
    _replica(household, visit).history.copy(visit.number("number"))
    return visit.done(Text("A copy is kept. The next sync sends it."))


def restore(household: Household, visit: Visit) -> Response:
    """Make an item what it was after a change of it; a deleted one comes back."""
    version = visit.number("version") if visit.fields.get("version") else None
    replica = _replica(household, visit)
    return _restored(visit, replica, replica.history.restore(ItemId(visit.number("item")), version))


def _restored(visit: Visit, replica: Replica, items: list[ItemId]) -> Response:
    done = plural(
        "{count} item is as it was. The next sync sends it.",
        "{count} items are as they were. The next sync sends them.",
        count=len(items),
    )
    is_alone = any(came_back_alone(replica.history.of_item(one)) for one in items)
    return visit.done(sentences(done, ALONE if is_alone else ""))


def _replica(household: Household, visit: Visit) -> Replica:
    return household.replica(account_of(household, visit))


def _values(household: Household, visit: Visit) -> dict[str, object]:
    account = account_of(household, visit)
    replica = household.replica(account)
    limit = min(visit.number("limit") if visit.fields.get("limit") else _PAGE, _MOST)
    item = ItemId(visit.number("item")) if visit.fields.get("item") else None
    events = replica.history.latest(limit) if item is None else replica.history.of_item(item)[::-1]
    return {
        "part": "history",
        "account": account,
        "item": item,
        "limit": limit,
        "more": limit + _PAGE if item is None and len(events) == limit < _MOST else 0,
        "lines": [_line(visit, one) for one in events],
    }


def _line(visit: Visit, one: Event) -> Line:
    is_decided = one.what is What.DECIDED
    columns = (Text("Gave way"), Text("Stayed")) if is_decided else (Text("Before"), Text("After"))
    return Line(
        event=one,
        at=at(visit, one.at),
        told=_told(visit, one),
        rows=side_by_side(one.before, one.after) if one.item and one.done is not Done.ADDED else [],
        columns=columns,
        can_restore=bool(one.item) and one.version is not None and one.number is None,
    )


def _told(visit: Visit, one: Event) -> Text:
    """What happened, with the fields as people call them."""
    sentence = told(one)
    if one.what is What.DECIDED or one.done is not Done.CHANGED:
        return sentence
    fields = ", ".join(visit.words.say(label_of(name)) for name in one.fields if name != "sequence")
    return Text(sentence.template, fields=fields)
