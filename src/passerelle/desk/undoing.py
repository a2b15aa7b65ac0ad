"""Undo for what a page has just done to items: for a minute, while mail about it still waits and can be taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from starlette.responses import Response

from passerelle.desk.done import MOST
from passerelle.desk.visit import Visit
from passerelle.groupware.actor import actor_of
from passerelle.groupware.notices.telling import telling
from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.model.errors import Contradiction
from passerelle.model.ids import ItemId, Stamp
from passerelle.model.items import Item
from passerelle.model.text import Text, sentences
from passerelle.store import Reading
from passerelle.sync.history.undo import Change, own_reversals, put_back
from passerelle.sync.history.wording import ALONE, is_alone

KEPT: Final = timedelta(minutes=1)
"""As long as mail waits (:data:`passerelle.groupware.notices.telling.PAUSE`)."""


def undo(visit: Visit) -> Response:
    """Take back what the page did, as far as nobody changed it since."""
    came_alone = undone(visit.session, _changes(visit.fields.get("changes", "")), datetime.now(UTC) - KEPT)
    return visit.done(sentences(Text("It is undone."), ALONE if came_alone else ""))


def undone(session: Session, changes: list[Change], since: datetime) -> bool:
    """Take a user's own changes back by the rules for any edit; tell whether something came back without its people.

    People are told as of any change, and what they were not told yet they never are. Whoever took part in something
    that comes back is not invited anew.

    Raises:
        Refused: it is too late, or cannot be taken back.
    """
    with session.store.writing(session.user_id, session.origin) as tx:
        reversals = own_reversals(tx, session.user_id, session.origin, changes, since)
        with telling(tx, actor_of(tx, session.user_id), silent=session.teller is not Teller.HERE) as news:
            for one in reversals:
                news.watch(one.item if one.master is None else one.master)
            gone = {one.item for one in reversals if tx.items.get(one.item, None) is None}
            changed = put_back(tx, session.user_id, reversals)
            for item in gone.intersection(changed):
                news.returned(item)
        return any(is_alone(one.before, _now(tx, one.item)) for one in reversals if one.item in gone)


def _now(tx: Reading, id_: ItemId) -> Item | None:
    record = tx.items.get(id_, None)
    return None if record is None else record.item


def _changes(text: str) -> list[Change]:
    """The changes that a page was told of, as ``item-position`` with blanks between."""
    pairs = [one.partition("-") for one in text.split()[:MOST]]
    if not all(one.isascii() and one.isdecimal() for pair in pairs for one in (pair[0], pair[2])):
        raise Contradiction("There is no change of yours to undo.")
    return [Change(ItemId(int(item)), Stamp(int(position))) for item, _, position in pairs]
