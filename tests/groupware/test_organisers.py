"""Who may change what somebody else organises, and what a deletion means then (semantics, section 5.4)."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Item
from passerelle.model.participants import Answer, Organizer, Participant, ParticipantKind
from passerelle.model.patch import Patch
from passerelle.model.records import ItemRecord
from tests.groupware.office import MONDAY, Office, answers_of, appointment_of, at, daily, meeting

pytestmark = pytest.mark.rule("5.4.outside", "5.4.delete")

GUEST = Participant(kind=ParticipantKind.EXTERNAL, mail="guest@elsewhere.example", name="Guest")
OUTSIDE = Organizer(mail="guest@elsewhere.example", name="Guest")


def invited(office: Office, *logins: str, **fields: object) -> ItemRecord:
    """An appointment in anna's calendar that a guest organises."""
    fields = {"organizer": OUTSIDE, "uid": "theirs", **fields}
    item = meeting(participants=(GUEST, *office.invite("anna", *logins)), **fields)  # type: ignore[arg-type]
    return office.session("anna").create(office.default("anna"), item)


@pytest.mark.parametrize(
    "patch",
    [{"title": "Mine"}, {"when": at(15)}, {"location": "Here"}, {"organizer": None}, {"recurrence": daily(3)},
     {"participants": ()}, {"cancelled": True}],
    ids=str,
)  # fmt: skip
def test_what_somebody_outside_organises_is_not_changed_here(office: Office, patch: Patch) -> None:
    item = invited(office)
    with pytest.raises(Forbidden, match="Guest organises") as refusal:
        office.session("anna").update(item.id, item.folder, lambda _item: patch, ignore_conflicts=True)
    assert refusal.value.code in {"APP-0058", "APP-0076"}
    assert office.session("anna").get(item.id, Module.CALENDAR).item == item.item


def test_nor_is_one_of_its_occurrences(office: Office) -> None:
    item = invited(office, recurrence=daily(5))
    with pytest.raises(Forbidden):
        office.session("anna").change_occurrence(item.id, item.folder, MONDAY, lambda _item: {"title": "Mine"})


def test_everybody_answers_it_and_keeps_notes_of_the_own(office: Office) -> None:
    item = invited(office)
    session = office.session("anna")
    session.update(item.id, item.folder, lambda _item: {"alarm": 5, "categories": ("Later",), "color_label": 3})
    changed = session.confirm(item.id, Answer.TENTATIVE, "perhaps")
    assert answers_of(changed)[office.user("anna").id] == "tentative"
    assert appointment_of(session.get(item.id, Module.CALENDAR)).alarm == 5


def test_days_are_taken_out_of_the_own_calendar(office: Office) -> None:
    item = invited(office, recurrence=daily(5))
    session = office.session("anna")
    session.delete_occurrence(item.id, item.folder, MONDAY)
    left_out = msgspec.structs.replace(daily(5), deleted=(at(10).start, at(10, day=MONDAY + timedelta(days=1)).start))
    session.update(item.id, item.folder, lambda _item: {"recurrence": left_out}, ignore_conflicts=True)
    recurrence = appointment_of(session.get(item.id, Module.CALENDAR)).recurrence
    assert recurrence is not None
    assert recurrence.deleted == left_out.deleted


def test_a_message_of_the_organiser_changes_it(office: Office) -> None:
    def message(_item: Item) -> Patch:
        return {"title": "Theirs", "organizer": OUTSIDE, "uid": "theirs"}

    item = invited(office)
    changed = office.session("anna").update(item.id, item.folder, message)
    assert appointment_of(changed).title == "Theirs"


@pytest.mark.parametrize("sent", [{"uid": "theirs"}, {"organizer": OUTSIDE}, {"organizer": OUTSIDE, "uid": "other"}])
def test_half_a_message_is_none(office: Office, sent: Patch) -> None:
    item = invited(office)
    with pytest.raises(Forbidden):
        office.session("anna").update(item.id, item.folder, lambda _item: {"title": "Mine", **sent})


def test_a_colleague_s_appointment_is_changed_by_who_takes_part(office: Office) -> None:
    anna = Organizer(id=office.user("anna").id, mail="anna@example.org")
    item = meeting(participants=office.invite("bruno"), organizer=anna)
    made = office.session("anna").create(office.default("anna"), item)
    changed = office.session("bruno").update(made.id, None, lambda _item: {"title": "Ours"})
    assert appointment_of(changed).title == "Ours"


def test_a_colleague_known_by_address_only_is_no_stranger(office: Office) -> None:
    item = invited(office, organizer=Organizer(mail="Carla@Example.org"))
    changed = office.session("anna").update(item.id, item.folder, lambda _item: {"title": "Ours"})
    assert appointment_of(changed).title == "Ours"


def test_who_does_not_organise_only_leaves_and_it_lives_on_with_the_others(office: Office) -> None:
    item = invited(office, "bruno", "carla")
    anna, bruno, carla = (office.session(login) for login in ("anna", "bruno", "carla"))

    anna.delete(item.id, item.folder)

    with pytest.raises(NotFound):
        anna.get(item.id, Module.CALENDAR)
    assert [one.id for one in anna.changes(item.folder, Module.CALENDAR, item.stamp).gone] == [item.id]
    for session, login in ((bruno, "bruno"), (carla, "carla")):
        seen = session.get(item.id, Module.CALENDAR)
        assert seen.folder == office.default(login)
        assert answers_of(seen)[office.user("anna").id] == "decline"


def test_a_series_lives_on_with_its_changed_occurrences(office: Office) -> None:
    item = invited(office, "bruno", recurrence=daily(5), organizer=None)
    anna, bruno = office.session("anna"), office.session("bruno")
    exception = anna.change_occurrence(item.id, item.folder, MONDAY, lambda _item: {"title": "Other"})
    message = {"organizer": OUTSIDE}
    anna.update(item.id, item.folder, lambda _item: message)

    anna.delete(item.id, item.folder)

    assert bruno.get(item.id, Module.CALENDAR).changed != ()
    seen = bruno.get(exception.id, Module.CALENDAR)
    assert (appointment_of(seen).title, seen.folder) == ("Other", office.default("bruno"))
    bruno.delete(exception.id)
    bruno.delete(item.id)
    assert bruno.ids(office.default("bruno"), Module.CALENDAR) == ()


def test_with_the_last_who_takes_part_it_goes(office: Office) -> None:
    item = invited(office, "bruno")
    office.session("anna").delete(item.id, item.folder)
    office.session("bruno").delete(item.id)
    with office.store.reading() as tx:
        assert tx.items.get(item.id, None) is None


def test_an_organiser_deletes_it_for_all(office: Office) -> None:
    anna = Organizer(id=office.user("anna").id)
    item = office.session("anna").create(
        office.default("anna"), meeting(participants=office.invite("bruno"), organizer=anna)
    )
    office.session("anna").delete(item.id)
    with pytest.raises(NotFound):
        office.session("bruno").get(item.id, Module.CALENDAR)


def test_an_imported_meeting_still_takes_a_newer_revision(office: Office) -> None:
    item = invited(office)
    newer: Item = msgspec.structs.replace(appointment_of(item), title="Theirs", sequence=1)
    assert isinstance(newer, Appointment)
    patch = {"title": "Theirs", "sequence": 1, "organizer": OUTSIDE, "uid": "theirs"}
    changed = office.session("anna").update(item.id, item.folder, lambda _item: patch)
    assert appointment_of(changed).sequence == 1
