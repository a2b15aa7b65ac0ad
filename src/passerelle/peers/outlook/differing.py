"""What of a folder differs from what is known of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from passerelle.model.errors import NotFound, Refused
from passerelle.peers.base import Change, Gone, RemoteId, Unread, Version
from passerelle.peers.outlook import versions
from passerelle.peers.outlook.answers import answering
from passerelle.peers.outlook.folder import Room
from passerelle.peers.outlook.listing import Found


def is_other(one: Found, before: Mapping[RemoteId, Version]) -> bool:
    """Whether an item may be another than was known, as far as its table tells."""
    state = versions.known(before.get(one.id, ""))
    return not one.is_marked or state is None or not state.is_of(one.row)


def gone(room: Room, found: Iterable[Found], before: Mapping[RemoteId, Version]) -> list[RemoteId]:
    """What was known and is gone: series that the table lacks, with each of their changed occurrences."""
    together = versions.by_series(before)
    lacking = {id_ for id_ in together.keys() - {one.id for one in found} if _is_gone(room, before, id_)}
    return [id_ for series, ids in together.items() if series in lacking for id_ in ids]


def _is_gone(room: Room, before: Mapping[RemoteId, Version], id_: RemoteId) -> bool:
    """Whether an item that the table lacks is not where it was, either."""
    state = versions.known(before.get(id_, ""))
    if state is None:
        return True
    try:
        with answering():
            room.find(state.entry)
    except NotFound:
        return True
    return False


def read(room: Room, found: Found, before: Iterable[RemoteId]) -> Iterator[Change]:
    """An item read anew, after those of its changed occurrences ``before`` that are no longer changed."""
    try:
        with answering():
            told = list(room.read(found))
    except NotFound:
        return  # it went while we looked; the next table tells
    except Refused as error:
        yield Unread(found.id, error)
        return
    present = {one.id for one in told}
    yield from (Gone(id_) for id_ in before if id_ not in present)
    yield from told
