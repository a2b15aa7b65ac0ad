"""Answers that people give, give for others, and give by default (semantics, sections 5.2 and 5.3)."""

from __future__ import annotations

import pytest

from passerelle.model.errors import Forbidden
from passerelle.model.folders import Module
from passerelle.model.items import Item
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.patch import Patch
from tests.groupware.office import EDITOR, MONDAY, READER, Office, answers_of, appointment_of, at, daily, meeting

pytestmark = pytest.mark.rule("5.3.behalf")


def default_answers(office: Office, login: str = "bruno") -> None:
    office.session(login).choose_default_answers(private=Answer.TENTATIVE, public=Answer.ACCEPTED)


@pytest.mark.rule("5.2.default")
class TestByDefault:
    """Each user has one default answer for private calendars and one for public ones."""

    def test_an_invitation_from_a_private_calendar(self, office: Office) -> None:
        default_answers(office)
        item = office.session("anna").create(
            office.default("anna"), meeting(participants=office.invite("bruno", "carla"))
        )
        assert answers_of(item) == {
            office.user("anna").id: "accept", office.user("bruno").id: "tentative", office.user("carla").id: "none",
        }  # fmt: skip

    def test_an_invitation_from_a_public_calendar(self, office: Office) -> None:
        default_answers(office)
        folder = office.public("anna")
        item = office.session("anna").create(folder.id, meeting(participants=office.invite("bruno")))
        assert answers_of(item) == {office.user("bruno").id: "accept"}

    def test_another_answer_that_was_given_counts(self, office: Office) -> None:
        default_answers(office)
        (bruno,) = office.invite("bruno")
        declined = Participant(kind=bruno.kind, id=bruno.id, answer=Answer.DECLINED)
        item = office.session("anna").create(office.default("anna"), meeting(participants=(declined,)))
        assert answers_of(item)[office.user("bruno").id] == "decline"

    def test_who_is_invited_later_and_to_one_occurrence(self, office: Office) -> None:
        default_answers(office)
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting(recurrence=daily(5)))
        everybody = {"participants": office.invite("anna", "bruno")}
        exception = session.change_occurrence(item.id, item.folder, MONDAY, lambda _item: everybody)
        assert answers_of(exception)[office.user("bruno").id] == "tentative"
        changed = session.update(item.id, item.folder, lambda _item: everybody)
        assert answers_of(changed)[office.user("bruno").id] == "tentative"

    def test_a_new_time_asks_again(self, office: Office) -> None:
        default_answers(office)
        session = office.session("anna")
        item = session.create(office.default("anna"), meeting(participants=office.invite("bruno")))
        moved = session.update(item.id, item.folder, lambda _item: {"when": at(15)})
        assert answers_of(moved)[office.user("bruno").id] == "none"

    def test_what_one_answered_is_no_default_of_anybody_else(self, office: Office) -> None:
        default_answers(office)
        user = office.session("bruno").user
        assert (user.answer_private, user.answer_public) == (Answer.TENTATIVE, Answer.ACCEPTED)
        assert office.session("carla").user.answer_private is Answer.NONE


class TestForAnother:
    """Whoever may change a shared calendar answers for its owner there."""

    def test_a_delegate_answers_for_the_owner(self, office: Office) -> None:
        shared = office.share_default("anna", office.grant("bruno", EDITOR))
        item = office.session("carla").create(office.default("carla"), meeting(participants=office.invite("anna")))
        answered = office.session("bruno").confirm(item.id, Answer.DECLINED, "Away", folder=shared)
        (anna,) = [one for one in appointment_of(answered).participants if one.id == office.user("anna").id]
        assert (anna.answer, anna.message) == (Answer.DECLINED, "Away")

    def test_also_for_one_occurrence(self, office: Office) -> None:
        shared = office.share_default("anna", office.grant("bruno", EDITOR))
        item = office.session("carla").create(
            office.default("carla"), meeting(participants=office.invite("anna"), recurrence=daily(5))
        )
        office.session("bruno").confirm(item.id, Answer.DECLINED, folder=shared, at=MONDAY)
        again = office.session("bruno").confirm(item.id, Answer.TENTATIVE, folder=shared, at=MONDAY)
        assert answers_of(again)[office.user("anna").id] == "tentative"
        assert answers_of(office.session("anna").get(item.id, Module.CALENDAR))[office.user("anna").id] == "none"

    def test_a_reader_does_not(self, office: Office) -> None:
        shared = office.share_default("anna", office.grant("bruno", READER))
        item = office.session("carla").create(office.default("carla"), meeting(participants=office.invite("anna")))
        with pytest.raises(Forbidden):
            office.session("bruno").confirm(item.id, Answer.DECLINED, folder=shared)

    def test_nobody_answers_for_who_takes_no_part(self, office: Office) -> None:
        folder = office.private("anna", "Shared", Module.CALENDAR, office.grant("bruno", EDITOR))
        with office.store.writing(office.user("anna").id) as tx:
            item = tx.items.add(folder.id, meeting())
        with pytest.raises(Forbidden):
            office.session("bruno").confirm(item.id, Answer.ACCEPTED, folder=folder.id)

    def test_in_the_own_calendar_one_answers_for_oneself(self, office: Office) -> None:
        item = office.session("carla").create(office.default("carla"), meeting(participants=office.invite("anna")))
        answered = office.session("anna").confirm(item.id, Answer.ACCEPTED, folder=office.default("anna"))
        assert answers_of(answered)[office.user("anna").id] == "accept"

    def test_whoever_changes_the_appointment_notes_what_somebody_outside_answered(self, office: Office) -> None:
        guest = Participant(kind=ParticipantKind.EXTERNAL, mail="guest@elsewhere.example")
        item = office.session("anna").create(office.default("anna"), meeting(participants=(guest,)))

        def answered(stored: Item) -> Patch:
            replied = Participant(kind=guest.kind, mail="Guest@Elsewhere.example", answer=Answer.ACCEPTED)
            kept = tuple(one for one in stored.participants if one.kind is ParticipantKind.USER)  # type: ignore[union-attr]
            return {"participants": (*kept, replied)}

        changed = office.session("anna").update(item.id, item.folder, answered)
        assert [one.answer for one in appointment_of(changed).participants] == [Answer.ACCEPTED, Answer.ACCEPTED]
