"""What waits for the user (manual, chapter 6): refused changes, conflicts, held deletions, a replaced server."""

from __future__ import annotations

from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.connector.around import account_of, at, page
from passerelle.desk.connector.household import Household
from passerelle.desk.connector.labels import Row, side_by_side
from passerelle.desk.places import Group, places
from passerelle.desk.visit import Visit
from passerelle.groupware.access import module_of
from passerelle.model.errors import Invalid, Missing
from passerelle.model.ids import FolderId
from passerelle.model.text import Text, plural
from passerelle.peers.naming import heading, where
from passerelle.store import UPSTREAM
from passerelle.sync.deletions.held import Decision, HeldDeletions
from passerelle.sync.merge.items import held_with
from passerelle.sync.policy import Winner
from passerelle.sync.replaced.noticing import what_follows
from passerelle.sync.replica import Replica
from passerelle.sync.skipped.choices import SkippedObject
from passerelle.sync.skipped.conflicts import OpenConflict

_FIELD: Final = "field-"
_SIDES: Final = {Winner.MINE.value: Winner.MINE, Winner.SERVER.value: Winner.SERVER}


class Aside(Struct, frozen=True, kw_only=True):
    """A refused change in full; ``groups`` are the folders where a copy may be kept, empty where none can."""

    skipped: SkippedObject
    since: str
    rows: list[Row]
    choices: dict[str, Text]
    groups: tuple[Group, ...] = ()


class Open(Struct, frozen=True, kw_only=True):
    """A conflict with its fields side by side; those not in ``asked`` follow the others."""

    conflict: OpenConflict
    at: str
    rows: list[Row]
    asked: frozenset[str]


def waiting(household: Household, visit: Visit) -> Response:
    """The page."""
    return page(household, visit, "connector/waiting.html", _values(household, visit))


def parts(household: Household, visit: Visit) -> Response:
    """What of it changes with each decision."""
    return visit.page("connector/asked.html", _values(household, visit))


def retry(household: Household, visit: Visit) -> Response:
    """Have a refused change tried again."""
    _replica(household, visit).waiting.retry(visit.number("number"))
    return visit.done(Text("It is tried again with the next sync."))


def discard(household: Household, visit: Visit) -> Response:
    """Give a refused change up."""
    _replica(household, visit).waiting.discard(visit.number("number"))
    return visit.done(Text("It is given up."))


def keep(household: Household, visit: Visit) -> Response:
    """Keep a refused change as a copy."""
    into = FolderId(visit.number("place")) if visit.fields.get("place") else None
    _replica(household, visit).waiting.keep(visit.number("number"), into)
    return visit.done(Text("A copy is kept. The next sync sends it."))


def decide(household: Household, visit: Visit) -> Response:
    """Decide a conflict: all of it for one side, or each field as it was ticked."""
    replica, number = _replica(household, visit), visit.number("number")
    if visit.fields.get("all"):
        replica.waiting.decide(number, _side(visit.fields["all"]))
    else:
        chosen = {name.removeprefix(_FIELD): _side(value) for name, value in visit.fields.items() if name[:6] == _FIELD}
        if not chosen:
            raise Missing("Choose a side for one field at least.", "field")
        replica.waiting.decide_each(number, chosen)
    return visit.done(Text("Decided. The next sync brings both sides in step."))


def confirm(household: Household, visit: Visit) -> Response:
    """Let held deletions happen, or undo them."""
    decision = Decision.DELETE if visit.fields.get("decision") == Decision.DELETE else Decision.KEEP
    decided = _replica(household, visit).waiting.confirm([str(visit.number("number"))], decision)
    count = sum(one.count for one in decided)
    if decision is Decision.DELETE:
        return visit.done(plural("{count} item will be deleted.", "{count} items will be deleted.", count=count))
    return visit.done(plural("{count} item will be kept.", "{count} items will be kept.", count=count))


def accept(household: Household, visit: Visit) -> Response:
    """Take a replaced server, or another data file in Outlook, as it is now."""
    accepted = _replica(household, visit).waiting.accept(visit.fields.get("peer", UPSTREAM))
    return visit.done(what_follows(accepted))


def _replica(household: Household, visit: Visit) -> Replica:
    return household.replica(account_of(household, visit))


def _side(text: str) -> Winner:
    if text not in _SIDES:
        raise Invalid("Say whose values stay: mine or server.", "winner")
    return _SIDES[text]


def _values(household: Household, visit: Visit) -> dict[str, object]:
    account = account_of(household, visit)
    replica = household.replica(account)
    return {
        "part": "waiting",
        "account": account,
        "replaced": replica.waiting.replaced,
        "held": [(one, at(visit, one.since)) for one in replica.waiting.held()],
        "conflicts": [_open(visit, one) for one in replica.waiting.conflicts()],
        "skipped": [_aside(visit, replica, one) for one in replica.waiting.skipped() if not one.held],
        "is_empty": not household.waiting_of(account),
        "whole": _whole,
        "where": where,
        "heading": heading,
    }


def _open(visit: Visit, one: OpenConflict) -> Open:
    rows = side_by_side(one.here, one.there, held_with(one.here, one.fields))
    return Open(conflict=one, at=at(visit, one.at), rows=rows, asked=frozenset(one.fields))


def _aside(visit: Visit, replica: Replica, one: SkippedObject) -> Aside:
    found = replica.waiting.details(one.id)
    can_keep = "keep" in found.choices and found.here is not None
    groups = places(replica.session(), module_of(found.here)) if can_keep and found.here is not None else ()
    rows = side_by_side(found.here, found.there) if found.here is not None or found.there is not None else []
    return Aside(skipped=one, since=at(visit, one.since), rows=rows, choices=found.choices, groups=groups)


def _whole(one: HeldDeletions) -> Text:
    """What was deleted, in words."""
    count = plural("{count} item", "{count} items", count=one.count)
    return Text("the folder with {items}", items=count) if one.whole else count
