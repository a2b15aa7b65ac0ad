from __future__ import annotations

import pytest

from passerelle.groupware import provision
from passerelle.model.errors import Contradiction, Forbidden, Invalid, Missing, NotFound, Overlap
from passerelle.model.folders import Module
from passerelle.model.ids import EVERYBODY, ItemId, Stamp
from passerelle.model.items import Item, ShownAs
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.patch import Patch
from tests.groupware.office import AUTHOR, EDITOR, Office, answers_of, appointment_of, at, meeting


def nothing(_item: Item) -> Patch:
    return {}


def outsider(mail: str, answer: Answer = Answer.NONE) -> Participant:
    return Participant(kind=ParticipantKind.EXTERNAL, mail=mail, answer=answer)


class TestJoining:
    """Who takes part without being invited (semantics reference, section 5.2)."""

    @pytest.mark.rule("5.2.private")
    def test_in_a_private_folder_the_owner_has_accepted(self, office: Office) -> None:
        item = office.session("anna").create(office.default("anna"), meeting())
        assert answers_of(item) == {office.user("anna").id: "accept"}

    @pytest.mark.rule("5.2.shared")
    def test_in_a_shared_folder_its_owner_joins_and_the_acting_user_does_not(self, office: Office) -> None:
        folder = office.share_default("anna", office.grant("bruno", AUTHOR))
        item = office.session("bruno").create(folder, meeting())
        assert answers_of(item) == {office.user("anna").id: "accept"}
        assert item.created_by == office.user("bruno").id

    @pytest.mark.rule("5.2.public")
    def test_in_a_public_folder_the_acting_user_joins_only_when_nobody_is_invited(self, office: Office) -> None:
        session, folder = office.session("anna"), office.public("anna").id
        assert answers_of(session.create(folder, meeting())) == {office.user("anna").id: "accept"}
        invited = session.create(folder, meeting(when=at(15), participants=office.invite("bruno")))
        assert answers_of(invited) == {office.user("bruno").id: "none"}

    @pytest.mark.rule("5.2.public")
    def test_an_invited_acting_user_has_accepted(self, office: Office) -> None:
        item = office.session("anna").create(
            office.public("anna").id, meeting(participants=office.invite("anna", "bruno"))
        )
        assert answers_of(item) == {office.user("anna").id: "accept", office.user("bruno").id: "none"}

    def test_an_own_answer_and_those_of_others_are_stored_as_given(self, office: Office) -> None:
        anna, bruno = office.invite("anna", "bruno")
        given = (
            Participant(kind=anna.kind, id=anna.id, answer=Answer.TENTATIVE),
            Participant(kind=bruno.kind, id=bruno.id, answer=Answer.ACCEPTED),
        )
        item = office.session("anna").create(office.default("anna"), meeting(participants=given))
        assert set(answers_of(item).values()) == {"tentative", "accept"}

    def test_nobody_is_invited_twice(self, office: Office) -> None:
        item = office.session("anna").create(
            office.default("anna"), meeting(participants=office.invite("bruno", "bruno", "anna"))
        )
        assert len(appointment_of(item).participants) == 2

    @pytest.mark.rule("5.2.outside")
    def test_an_outsider_needs_an_address_of_the_own(self, office: Office) -> None:
        session, home = office.session("anna"), office.default("anna")
        with pytest.raises(Missing) as missing:
            session.create(home, meeting(participants=(outsider(""),)))
        assert missing.value.code == "APP-0008"
        with pytest.raises(Contradiction) as twice:
            session.create(home, meeting(participants=(outsider("a@b.example"), outsider("A@b.example"))))
        assert twice.value.code == "APP-0106"

    @pytest.mark.parametrize("kind", [ParticipantKind.USER, ParticipantKind.GROUP, ParticipantKind.RESOURCE])
    def test_strangers_to_the_directory_are_refused(self, office: Office, kind: ParticipantKind) -> None:
        with pytest.raises(Invalid):
            office.session("anna").create(
                office.default("anna"), meeting(participants=(Participant(kind=kind, id=4711),))
            )


class TestAppearing:
    """One object, many folders (semantics reference, section 5.2)."""

    def invited(self, office: Office, *participants: Participant) -> ItemId:
        return office.session("anna").create(office.default("anna"), meeting(participants=participants)).id

    @pytest.mark.rule("5.2.places")
    def test_each_participant_finds_the_same_object_in_the_own_default_calendar(self, office: Office) -> None:
        id_ = self.invited(office, *office.invite("bruno"))
        record = office.session("bruno").get(id_, Module.CALENDAR, office.default("bruno"))
        assert (record.id, record.folder) == (id_, office.default("bruno"))
        assert office.session("bruno").get(id_, Module.CALENDAR).folder == office.default("bruno")

    @pytest.mark.rule("5.2.groups")
    def test_members_of_an_invited_group_find_it_too_and_the_group_stays_a_group(self, office: Office) -> None:
        group = Participant(kind=ParticipantKind.GROUP, id=office.group("staff").id)
        id_ = self.invited(office, group)
        for login in ("bruno", "carla"):
            assert office.session(login).ids(office.default(login), Module.CALENDAR) == (id_,)
        kinds = [each.kind for each in appointment_of(office.session("anna").get(id_, Module.CALENDAR)).participants]
        assert kinds == [ParticipantKind.USER, ParticipantKind.GROUP]

    def test_everybody_can_be_invited(self, office: Office) -> None:
        id_ = self.invited(office, Participant(kind=ParticipantKind.GROUP, id=EVERYBODY))
        assert office.session("carla").get(id_, Module.CALENDAR).folder == office.default("carla")

    @pytest.mark.rule("5.2.places")
    def test_a_public_appointment_is_in_its_folder_only(self, office: Office) -> None:
        folder = office.public("anna").id
        office.session("anna").create(folder, meeting(participants=office.invite("bruno")))
        assert office.session("bruno").ids(office.default("bruno"), Module.CALENDAR) == ()

    def test_it_leaves_the_calendar_of_who_is_taken_off(self, office: Office) -> None:
        id_ = self.invited(office, *office.invite("bruno", "carla"))
        office.session("anna").update(
            id_, office.default("anna"), lambda _item: {"participants": office.invite("anna", "carla")}
        )
        assert office.session("bruno").ids(office.default("bruno"), Module.CALENDAR) == ()
        gone = office.session("bruno").changes(office.default("bruno"), Module.CALENDAR).gone
        assert [stone.id for stone in gone] == [id_]
        assert office.session("carla").ids(office.default("carla"), Module.CALENDAR) == (id_,)

    def test_a_change_by_one_shows_in_all_calendars(self, office: Office) -> None:
        id_ = self.invited(office, *office.invite("bruno"))
        before = office.session("bruno").get(id_, Module.CALENDAR).stamp
        office.session("anna").update(id_, office.default("anna"), lambda _item: {"title": "New"})
        changes = office.session("bruno").changes(office.default("bruno"), Module.CALENDAR, Stamp(before + 1))
        assert [appointment_of(record).title for record in changes.items] == ["New"]

    @pytest.mark.rule("5.4.edit")
    def test_a_participant_may_change_it_through_the_own_calendar(self, office: Office) -> None:
        id_ = self.invited(office, *office.invite("bruno"))
        office.session("bruno").update(id_, office.default("bruno"), lambda _item: {"title": "Better"})
        assert appointment_of(office.session("anna").get(id_, Module.CALENDAR)).title == "Better"

    def test_who_reads_a_participant_s_calendar_reads_it_there(self, office: Office) -> None:
        folder = office.share_default("bruno", office.grant("carla", AUTHOR))
        id_ = self.invited(office, *office.invite("bruno"))
        assert office.session("carla").get(id_, Module.CALENDAR).folder == folder


class TestChanging:
    """Participants and their answers when an appointment changes (semantics reference, section 5.3)."""

    def accepted_by_bruno(self, office: Office) -> ItemId:
        item = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("bruno")))
        office.session("bruno").confirm(item.id, Answer.ACCEPTED)
        return item.id

    @pytest.mark.rule("5.3.time")
    def test_another_time_asks_the_others_again(self, office: Office) -> None:
        id_ = self.accepted_by_bruno(office)
        changed = office.session("anna").update(id_, office.default("anna"), lambda _item: {"when": at(14)})
        assert answers_of(changed) == {office.user("anna").id: "accept", office.user("bruno").id: "none"}

    def test_another_title_asks_nobody(self, office: Office) -> None:
        id_ = self.accepted_by_bruno(office)
        changed = office.session("anna").update(id_, office.default("anna"), lambda _item: {"title": "New"})
        assert answers_of(changed)[office.user("bruno").id] == "accept"

    @pytest.mark.rule("5.3.self")
    def test_an_update_does_not_answer_for_others(self, office: Office) -> None:
        id_ = self.accepted_by_bruno(office)
        stale = (*office.invite("anna", "bruno", "carla"), outsider("x@example.com", Answer.ACCEPTED))
        changed = office.session("anna").update(id_, office.default("anna"), lambda _item: {"participants": stale})
        assert answers_of(changed) == {
            office.user("anna").id: "accept", office.user("bruno").id: "accept", office.user("carla").id: "none",
        }  # fmt: skip
        assert appointment_of(changed).participants[-1].answer is Answer.ACCEPTED

    @pytest.mark.rule("5.2.owner")
    @pytest.mark.parametrize("login", ["anna", "bruno"])
    def test_the_owner_of_a_calendar_stays(self, office: Office, login: str) -> None:
        id_ = self.accepted_by_bruno(office)
        others = office.invite(*({"anna", "bruno", "carla"} - {login}))
        with pytest.raises(Contradiction) as refusal:
            office.session(login).update(id_, office.default(login), lambda _item: {"participants": others})
        assert refusal.value.code == "APP-0076"


class TestConfirming:
    """Answers (OX reference, section 10.3)."""

    @pytest.mark.rule("5.3.self")
    def test_an_answer_is_seen_by_all(self, office: Office) -> None:
        item = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("bruno")))
        confirmed = office.session("bruno").confirm(item.id, Answer.TENTATIVE, "perhaps")
        assert confirmed.folder == office.default("bruno")
        seen = appointment_of(office.session("anna").get(item.id, Module.CALENDAR)).participants[-1]
        assert (seen.answer, seen.message) == (Answer.TENTATIVE, "perhaps")
        assert confirmed.stamp > item.stamp

    def test_who_does_not_take_part_does_not_answer(self, office: Office) -> None:
        folder = office.share_default("anna", office.grant("bruno", EDITOR))
        item = office.session("anna").create(folder, meeting())
        with pytest.raises(Forbidden):
            office.session("bruno").confirm(item.id, Answer.ACCEPTED)
        with pytest.raises(NotFound):
            office.session("carla").confirm(item.id, Answer.ACCEPTED)

    def test_a_member_of_an_invited_group_gets_an_entry_of_the_own(self, office: Office) -> None:
        group = Participant(kind=ParticipantKind.GROUP, id=office.group("staff").id)
        item = office.session("anna").create(office.default("anna"), meeting(participants=(group,)))
        confirmed = office.session("carla").confirm(item.id, Answer.DECLINED)
        assert answers_of(confirmed)[office.user("carla").id] == "decline"

    def test_a_declined_appointment_stays_in_the_calendar(self, office: Office) -> None:
        item = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("bruno")))
        office.session("bruno").confirm(item.id, Answer.DECLINED)
        assert office.session("bruno").ids(office.default("bruno"), Module.CALENDAR) == (item.id,)


class TestDeleting:
    """Who deletes what (semantics reference, section 5.4)."""

    @pytest.mark.rule("5.4.delete")
    def test_the_owner_of_the_home_calendar_deletes_it_for_all(self, office: Office) -> None:
        item = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("bruno")))
        office.session("anna").delete(item.id, item.folder)
        with pytest.raises(NotFound):
            office.session("bruno").get(item.id, Module.CALENDAR)
        assert [s.id for s in office.session("bruno").changes(office.default("bruno"), Module.CALENDAR).gone] == [
            item.id
        ]

    @pytest.mark.rule("5.4.delete")
    def test_a_participant_only_leaves_and_has_declined(self, office: Office) -> None:
        item = office.session("anna").create(
            office.default("anna"), meeting(participants=office.invite("bruno", "carla"))
        )
        office.session("bruno").delete(item.id, office.default("bruno"))
        with pytest.raises(NotFound):
            office.session("bruno").get(item.id, Module.CALENDAR)
        seen = office.session("anna").get(item.id, Module.CALENDAR)
        assert answers_of(seen)[office.user("bruno").id] == "decline"
        assert office.session("carla").get(item.id, Module.CALENDAR).stamp == seen.stamp

    def test_who_left_does_not_get_it_back_with_the_next_change(self, office: Office) -> None:
        group = Participant(kind=ParticipantKind.GROUP, id=office.group("staff").id)
        item = office.session("anna").create(office.default("anna"), meeting(participants=(group,)))
        office.session("bruno").delete(item.id)
        office.session("anna").update(item.id, item.folder, lambda _item: {"title": "New"})
        office.session("anna").update(item.id, item.folder, lambda _item: {"shown_as": ShownAs.ABSENT})
        assert office.session("bruno").ids(office.default("bruno"), Module.CALENDAR) == ()
        assert office.session("carla").ids(office.default("carla"), Module.CALENDAR) == (item.id,)

    def test_who_deletes_in_another_s_calendar_takes_that_other_out(self, office: Office) -> None:
        folder = office.share_default("bruno", office.grant("carla", EDITOR))
        item = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("bruno")))
        office.session("carla").delete(item.id, folder)
        assert answers_of(office.session("anna").get(item.id, Module.CALENDAR))[office.user("bruno").id] == "decline"


def test_a_colleague_or_a_room_named_by_mail_address_is_invited_as_such(office: Office) -> None:
    guests = tuple(map(outsider, ("Bruno@Example.org", "room@example.org", "guest@example.net")))
    session = office.session("anna")
    record = session.create(office.default("anna"), meeting(participants=guests))

    parties = {(each.kind, each.id) for each in appointment_of(record).participants}
    assert parties == {
        (ParticipantKind.USER, office.user("anna").id),
        (ParticipantKind.USER, office.user("bruno").id),
        (ParticipantKind.RESOURCE, office.room.id),
        (ParticipantKind.EXTERNAL, None),
    }
    assert office.session("bruno").get(record.id, Module.CALENDAR, office.default("bruno")).item == record.item
    with pytest.raises(Overlap):
        session.create(office.default("anna"), meeting(participants=guests), ignore_conflicts=True)


def test_a_colleague_invited_by_number_and_by_address_is_invited_once(office: Office) -> None:
    twice = (*office.invite("bruno"), outsider("bruno@example.org"))
    record = office.session("anna").create(office.default("anna"), meeting(participants=twice))
    assert answers_of(record) == {office.user("anna").id: "accept", office.user("bruno").id: "none"}
    assert len(appointment_of(record).participants) == 2


@pytest.mark.rule("5.2.places")
def test_who_has_moved_a_meeting_into_anothers_calendar_and_takes_part_finds_it_in_the_own(office: Office) -> None:
    goal = office.share_default("bruno", office.grant("anna", EDITOR))
    anna = office.session("anna")
    made = anna.create(office.private("anna").id, meeting())

    anna.update(made.id, made.folder, lambda _item: {}, destination=goal)

    assert anna.ids(office.default("anna"), Module.CALENDAR) == (made.id,)
    assert set(answers_of(anna.get(made.id, Module.CALENDAR))) == {office.user("anna").id, office.user("bruno").id}


@pytest.mark.rule("5.2.groups")
def test_with_the_next_change_who_came_into_an_invited_group_finds_the_meeting_and_who_left_loses_it(
    office: Office,
) -> None:
    anna, staff = office.session("anna"), office.group("staff").id
    provision.change_group(office.store, staff, [office.user("bruno").id])
    invited = (Participant(kind=ParticipantKind.GROUP, id=staff),)
    made = anna.create(office.default("anna"), meeting(participants=invited))

    provision.change_group(office.store, staff, [office.user("carla").id])
    anna.update(made.id, None, lambda _item: {"title": "Another title"})

    assert office.session("carla").ids(office.default("carla"), Module.CALENDAR) == (made.id,)
    assert office.session("bruno").ids(office.default("bruno"), Module.CALENDAR) == ()


@pytest.mark.rule("5.2.somebody")
def test_somebody_must_take_part(office: Office) -> None:
    folder = office.public("anna")
    session = office.session("anna")
    item = session.create(folder.id, meeting())
    with pytest.raises(Contradiction) as refusal:
        session.update(item.id, folder.id, lambda _item: {"participants": ()})
    assert refusal.value.code == "APP-0009"
