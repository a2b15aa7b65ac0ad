"""Items in answers to peers that know our extension."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Invalid, Refused, Unreadable
from passerelle.model.ids import FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.model.records import ItemRecord
from passerelle.wire.oxxml import asides, whole
from tests.strategies import appointments, contacts, distribution_lists, records, tasks
from tests.wire.oxxml.wire import document

TIMES = '"type": "timed", "start": "2011-03-07T10:00:00+01:00", "end": "2011-03-07T11:00:00+01:00"'


@given(st.data())
def test_peers_that_know_the_extension_lose_nothing(data: st.DataObject) -> None:
    one: Item = data.draw(appointments() | contacts() | distribution_lists() | tasks())
    record = data.draw(records(one))
    (said,) = document(whole.single(whole.entry(record)))
    piece = whole.read(said)
    assert piece is not None
    (about,) = piece.items
    assert whole.item(Contact if isinstance(one, Contact) else type(one), about.item) == one
    assert (about.id, about.stamp, about.created_by) == (record.id, record.stamp, record.created_by)
    assert about.master == record.master


@given(st.lists(st.integers(0, 40_000), max_size=12), st.integers(0, 3))
def test_a_list_comes_in_pieces_that_fit_into_memory_and_ends_with_a_count(lengths: list[int], before: int) -> None:
    given_records = [_task(number, "x" * length) for number, length in enumerate(lengths, 1)]
    pieces = list(whole.listing(map(whole.entry, given_records), before))
    assert all(len(piece) < 128 * 1024 for piece in pieces)
    *some, last = [whole.read(one) for one in document(*pieces)]
    assert last == whole.Piece(objects=before + len(lengths))
    found = [entry for piece in some if piece is not None for entry in piece.items]
    assert [entry.id for entry in found] == [record.id for record in given_records]
    assert [whole.item(Task, entry.item) for entry in found] == [record.item for record in given_records]


def test_an_object_that_the_server_cannot_write_hides_no_other() -> None:
    one, other = _task(1, "one"), _task(2, "other")
    (said, _) = document(*whole.listing([whole.broken(one), whole.entry(other)], 0))
    piece = whole.read(said)
    assert piece is not None
    lost, kept = piece.items
    assert lost.id == 1
    with pytest.raises(Refused):
        whole.item(Task, lost.item)
    assert whole.item(Task, kept.item) == other.item


def test_a_response_that_says_it_failed_holds_nothing() -> None:
    (said,) = document(whole.single(whole.entry(_task(1, "one"))).replace(b"<D:status>200<", b"<D:status>500<"))
    assert whole.read(said) is None


def test_what_is_no_list_of_objects_is_refused() -> None:
    (said,) = document(asides.write({"items": [{"id": "seven"}]}))
    with pytest.raises(Unreadable):
        whole.read(said)


def _task(number: int, title: str) -> ItemRecord:
    now = datetime(2026, 3, 2, 9, tzinfo=UTC)
    return ItemRecord(
        id=ItemId(number),
        folder=FolderId(31),
        item=Task(title=title),
        created_by=UserId(3),
        created=now,
        modified_by=UserId(3),
        stamp=Stamp(number),
    )


def _read(kind: type[Appointment | Contact | Task], text: str) -> Item:
    return whole.item(kind, msgspec.Raw(text.encode()))


def test_a_folder_of_contacts_holds_lists_too_but_no_tasks() -> None:
    assert _read(Contact, '{"type": "list", "members": []}') == DistributionList(members=())
    with pytest.raises(Invalid):
        _read(Contact, '{"type": "task"}')


def test_times_are_taken_to_utc() -> None:
    read = _read(Appointment, f'{{"type": "appointment", "when": {{{TIMES}}}}}')
    utc = TIMES.replace("T10:00:00+01:00", "T09:00:00Z").replace("T11:00:00+01:00", "T10:00:00Z")
    assert read == _read(Appointment, f'{{"type": "appointment", "when": {{{utc}}}}}')


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (Task, ""),
        (Task, "[]"),
        (Task, '{"title": "without a type"}'),
        (Task, '{"type": "task", "completed": "2011-03-10T08:00:00"}'),
        (Appointment, '{"type": "appointment"}'),
        (Appointment, '{"type": "appointment", "when": {"type": "days", "start": "2011-03-07", "end": "2011-03-07"}}'),
        (Appointment, f'{{"type": "appointment", "when": {{{TIMES}, "zone": "Nowhere"}}}}'),
        (Appointment, f'{{"type": "appointment", "when": {{{TIMES}}}, "recurrence": {{"rules": []}}}}'),
        (Contact, f'{{"type": "contact", "user_fields": [{", ".join(["1"] * 21)}]}}'),
    ],
)
def test_what_no_item_can_be_is_refused(kind: type[Appointment | Contact | Task], text: str) -> None:
    with pytest.raises(Invalid):
        _read(kind, text)
