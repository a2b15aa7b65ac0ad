"""Items in answers to peers that know our extension."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Invalid
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment, Contact, DistributionList, Item, Task
from passerelle.wire.oxxml import whole
from passerelle.wire.oxxml.common import header
from tests.strategies import appointments, contacts, distribution_lists, records, tasks
from tests.wire.oxxml.wire import received

TIMES = '"type": "timed", "start": "2011-03-07T10:00:00+01:00", "end": "2011-03-07T11:00:00+01:00"'


@given(st.data())
def test_peers_that_know_the_extension_lose_nothing(data: st.DataObject) -> None:
    one: Item = data.draw(appointments() | contacts() | distribution_lists() | tasks())
    record = data.draw(records(one))
    said = received(whole.encode(record))
    about = header(said)
    assert whole.read(Contact if isinstance(one, Contact) else type(one), said.extension or "") == one
    assert (about.id, about.stamp, about.created_by) == (record.id, record.stamp, record.created_by)
    assert about.master == (None if record.master in {None, record.id} else ItemId(record.master or 0))


def test_a_folder_of_contacts_holds_lists_too_but_no_tasks() -> None:
    assert whole.read(Contact, '{"type": "list", "members": []}') == DistributionList(members=())
    with pytest.raises(Invalid):
        whole.read(Contact, '{"type": "task"}')


def test_times_are_taken_to_utc() -> None:
    read = whole.read(Appointment, f'{{"type": "appointment", "when": {{{TIMES}}}}}')
    assert read.when == whole.read(Appointment, '{"type": "appointment", "when": {"type": "timed", '
        '"start": "2011-03-07T09:00:00Z", "end": "2011-03-07T10:00:00Z"}}').when  # fmt: skip


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
        whole.read(kind, text)
