from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import msgspec
import pytest

from passerelle.groupware.session import Session
from passerelle.model.errors import Collision, Overlap
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Item, ShownAs
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.patch import Patch
from tests.groupware.office import EDITOR, FULL_RIGHTS, MONDAY, READER, VISITOR, Office, at, daily, days, meeting


def nothing(_item: Item) -> Patch:
    return {}


def collisions(office: Office, login: str, item: Appointment, *, ignore: bool = False) -> tuple[Collision, ...]:
    """What stands in the way of an appointment in the user's default calendar; it is stored if nothing does."""
    try:
        office.session(login).create(office.default(login), item, ignore_conflicts=ignore)
    except Overlap as overlap:
        return overlap.collisions
    return ()


def hard(office: Office, item: Appointment) -> bool:
    return any(one.hard for one in collisions(office, "bruno", item, ignore=True))


class TestPeople:
    """Soft conflicts (semantics reference, section 5.6)."""

    def test_one_person_is_not_at_two_places_at_once(self, office: Office) -> None:
        collisions(office, "anna", meeting("First"))
        (found,) = collisions(office, "anna", meeting("Second", at(10, 30)))
        assert (found.title, found.start, found.end) == ("First", at(10).start, at(10).end)
        assert (found.hard, found.whole_day, found.who) == (False, False, ("Anna Arnold",))

    @pytest.mark.rule("5.6.told")
    def test_nothing_is_stored_then(self, office: Office) -> None:
        collisions(office, "anna", meeting())
        collisions(office, "anna", meeting())
        assert len(office.session("anna").ids(office.default("anna"), Module.CALENDAR)) == 1

    def test_unless_conflicts_are_ignored(self, office: Office) -> None:
        collisions(office, "anna", meeting())
        assert collisions(office, "anna", meeting(), ignore=True) == ()
        assert len(office.session("anna").ids(office.default("anna"), Module.CALENDAR)) == 2

    @pytest.mark.rule("5.6.overlap")
    def test_touching_ends_do_not_collide(self, office: Office) -> None:
        collisions(office, "anna", meeting())
        assert collisions(office, "anna", meeting(when=at(9))) == ()
        assert collisions(office, "anna", meeting(when=at(11))) == ()

    @pytest.mark.rule("5.6.skipped")
    @pytest.mark.parametrize(("stored", "new"), [(ShownAs.FREE, ShownAs.RESERVED), (ShownAs.RESERVED, ShownAs.FREE)])
    def test_free_time_never_collides(self, office: Office, stored: ShownAs, new: ShownAs) -> None:
        collisions(office, "anna", meeting(shown_as=stored))
        assert collisions(office, "anna", meeting(shown_as=new)) == ()

    @pytest.mark.rule("5.6.skipped")
    def test_the_past_never_collides(self, office: Office) -> None:
        past = at(10, day=date(2020, 5, 4))
        collisions(office, "anna", meeting(when=past))
        assert collisions(office, "anna", meeting(when=past)) == ()

    def test_invited_users_count_wherever_they_are_busy(self, office: Office) -> None:
        public = office.public("carla").id
        office.session("carla").create(public, meeting("Public", participants=office.invite("bruno")))
        (found,) = collisions(office, "anna", meeting(participants=office.invite("bruno")))
        assert found.who == ("Bruno Blanc",)

    @pytest.mark.rule("5.6.people")
    def test_members_of_invited_groups_count(self, office: Office) -> None:
        collisions(office, "carla", meeting())
        group = Participant(kind=ParticipantKind.GROUP, id=office.group("staff").id)
        (found,) = collisions(office, "anna", meeting(participants=(group,)))
        assert found.who == ("Carla Čech",)

    @pytest.mark.rule("5.6.people")
    def test_who_declined_is_free(self, office: Office) -> None:
        item = office.session("anna").create(office.default("anna"), meeting(participants=office.invite("bruno")))
        office.session("bruno").confirm(item.id, Answer.DECLINED)
        assert collisions(office, "bruno", meeting()) == ()

    @pytest.mark.rule("5.6.told")
    def test_details_are_told_only_to_those_who_may_read_them(self, office: Office) -> None:
        office.share_default("bruno", office.grant("anna", VISITOR))
        collisions(office, "bruno", meeting("Secret plan"))
        invitation = meeting(participants=office.invite("bruno"))
        (found,) = collisions(office, "anna", invitation)
        assert (found.title, found.who) == ("", ("Bruno Blanc",))
        office.session("bruno").update_folder(
            office.default("bruno"), rights=(office.grant("bruno", FULL_RIGHTS), office.grant("anna", READER))
        )
        assert [one.title for one in collisions(office, "anna", invitation)] == ["Secret plan"]

    @pytest.mark.rule("4.1.busy")
    def test_a_private_appointment_takes_time_and_tells_nothing(self, office: Office) -> None:
        folder = office.share_default("bruno", office.grant("anna", READER))
        office.session("bruno").create(folder, meeting("Doctor", private=True))
        (found,) = collisions(office, "anna", meeting(participants=office.invite("bruno")))
        assert found.title == ""

    @pytest.mark.rule("5.6.skipped")
    def test_a_change_collides_only_where_it_touches_time_or_people(self, office: Office) -> None:
        session, home = office.session("anna"), office.default("anna")
        session.create(home, meeting("One"))
        two = session.create(home, meeting("Two"), ignore_conflicts=True)
        session.update(two.id, home, lambda _item: {"title": "Still two"})
        for patch in ({"when": at(10, 30)}, {"shown_as": ShownAs.ABSENT}):
            with pytest.raises(Overlap):
                session.update(two.id, home, lambda _item, patch=patch: patch)  # type: ignore[misc]
        session.update(two.id, home, lambda _item: {"when": at(10, 30)}, ignore_conflicts=True)

    def test_an_appointment_does_not_collide_with_itself(self, office: Office) -> None:
        session, home = office.session("anna"), office.default("anna")
        item = session.create(home, meeting())
        session.update(item.id, home, lambda _item: {"when": at(10, 15)})

    def test_a_delegate_is_told_what_the_owner_has(self, office: Office) -> None:
        folder = office.share_default("anna", office.grant("bruno", EDITOR))
        collisions(office, "anna", meeting("Hers"))
        with pytest.raises(Overlap) as overlap:
            office.session("bruno").create(folder, meeting())
        assert overlap.value.collisions[0].title == "Hers"


class TestSeries:
    """Series collide occurrence by occurrence."""

    def test_a_single_appointment_collides_with_an_occurrence_far_away(self, office: Office) -> None:
        collisions(office, "anna", meeting(recurrence=daily()))
        far = at(10, 30, day=MONDAY + timedelta(days=500))
        (found,) = collisions(office, "anna", meeting(when=far))
        assert found.start == at(10, day=MONDAY + timedelta(days=500)).start

    @pytest.mark.rule("5.6.series")
    def test_a_series_collides_with_a_single_appointment_on_its_way(self, office: Office) -> None:
        collisions(office, "anna", meeting(when=at(10, day=MONDAY + timedelta(days=20))))
        assert collisions(office, "anna", meeting(recurrence=daily(20))) == ()
        assert len(collisions(office, "anna", meeting(when=at(10, 30), recurrence=daily(21)), ignore=False)) == 2

    def test_two_series_that_never_meet_do_not_collide(self, office: Office) -> None:
        collisions(office, "anna", meeting(recurrence=daily(interval=2)))
        other = meeting(when=at(10, day=MONDAY + timedelta(days=1)), recurrence=daily(interval=2))
        assert collisions(office, "anna", other) == ()

    def test_a_deleted_occurrence_leaves_its_time_and_a_changed_one_takes_its_new_one(self, office: Office) -> None:
        session, home = office.session("anna"), office.default("anna")
        series = session.create(home, meeting(recurrence=daily(5)))
        session.delete_occurrence(series.id, home, 2)
        session.change_occurrence(series.id, home, 3, lambda _item: {"when": at(15, day=MONDAY + timedelta(days=2))})
        for day, hour, collides in ((1, 10, False), (2, 10, False), (2, 15, True), (3, 10, True)):
            when = at(hour, day=MONDAY + timedelta(days=day))
            assert bool(collisions(office, "anna", meeting(when=when))) is collides

    @pytest.mark.rule("5.6.series")
    def test_an_exception_does_not_collide_with_its_own_series(self, office: Office) -> None:
        session, home = office.session("anna"), office.default("anna")
        series = session.create(home, meeting(recurrence=daily(5)))
        tuesday = at(10, 30, day=MONDAY + timedelta(days=1))
        exception = session.change_occurrence(series.id, home, 1, lambda _item: {"when": tuesday})
        session.update(exception.id, home, lambda _item: {"when": at(10, 45, day=MONDAY + timedelta(days=1))})


class TestWholeDays:
    """A whole day is that day on the other's wall clock."""

    @pytest.mark.rule("5.6.days")
    def test_a_whole_day_collides_with_what_is_on_it(self, office: Office) -> None:
        collisions(office, "anna", meeting("Fair", days(count=2)))
        (found,) = collisions(office, "anna", meeting(when=at(23, 30)))
        assert found.whole_day
        assert len(collisions(office, "anna", meeting(when=days()))) == 1

    def test_the_days_around_it_are_free(self, office: Office) -> None:
        collisions(office, "anna", meeting("Fair", days()))
        for when in (at(0, 30, day=MONDAY + timedelta(days=1)), at(23, day=MONDAY - timedelta(days=1))):
            assert collisions(office, "anna", meeting(when=when)) == ()


class TestResources:
    """Hard conflicts: a room is never booked twice."""

    def booked(self, office: Office) -> None:
        office.session("anna").create(office.default("anna"), meeting("Board", participants=(office.invite_room(),)))

    @pytest.mark.rule("5.6.rooms")
    def test_a_room_cannot_be_booked_twice_even_when_conflicts_are_ignored(self, office: Office) -> None:
        self.booked(office)
        (found,) = collisions(office, "bruno", meeting(participants=(office.invite_room(),)), ignore=True)
        assert (found.hard, found.who, found.title) == (True, ("Meeting room",), "")

    @pytest.mark.rule("5.6.rooms")
    def test_room_conflicts_hide_those_of_people(self, office: Office) -> None:
        self.booked(office)
        both = (office.invite_room(), *office.invite("anna"))
        assert [one.hard for one in collisions(office, "bruno", meeting(participants=both))] == [True]

    def test_a_room_is_free_before_and_after(self, office: Office) -> None:
        self.booked(office)
        room = (office.invite_room(),)
        assert not hard(office, meeting(when=at(9), participants=room))
        assert not hard(office, meeting(when=at(11), participants=room))

    @pytest.mark.rule("5.6.series")
    def test_an_endless_series_keeps_a_room_for_ever(self, office: Office) -> None:
        room = (office.invite_room(),)
        collisions(office, "anna", meeting(recurrence=daily(), participants=room))
        assert hard(office, meeting(when=at(10, day=MONDAY + timedelta(days=900)), participants=room))

    def test_a_series_finds_the_one_day_that_is_taken(self, office: Office) -> None:
        room = (office.invite_room(),)
        collisions(office, "anna", meeting(when=at(10, day=MONDAY + timedelta(days=300)), participants=room))
        assert hard(office, meeting(recurrence=daily(), participants=room))

    def test_a_room_is_free_again_when_the_booking_goes(self, office: Office) -> None:
        session, room = office.session("anna"), (office.invite_room(),)
        item = session.create(office.default("anna"), meeting(participants=room))
        session.update(item.id, item.folder, lambda _item: {"participants": office.invite("anna")})
        assert not hard(office, meeting(participants=room))

    @pytest.mark.rule("10.resources")
    def test_of_two_simultaneous_bookings_one_wins(self, office: Office) -> None:
        def book(session: Session) -> bool:
            folder = office.default("anna" if session.user.login == "anna" else "bruno")
            try:
                session.create(folder, meeting(participants=(office.invite_room(),)), ignore_conflicts=True)
            except Overlap:
                return False
            return True

        sessions = [office.session("anna"), office.session("bruno")] * 4
        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(book, sessions)) == 1


class TestDaysAroundTheWorld:
    """Whole days and hours meet by the wall clock of the hours."""

    @pytest.mark.rule("5.6.days")
    def test_the_first_hour_of_a_whole_day_is_on_it_east_of_greenwich(self, office: Office) -> None:
        tuesday = MONDAY + timedelta(days=1)
        collisions(office, "anna", meeting("Night shift", at(0, 15, day=tuesday, minutes=30)))
        assert len(collisions(office, "anna", meeting(when=days(tuesday)))) == 1
        assert collisions(office, "anna", meeting(when=days(MONDAY))) == ()

    def test_so_is_it_for_a_series_of_whole_days(self, office: Office) -> None:
        collisions(office, "anna", meeting("Every other day", days(), recurrence=daily(interval=2)))
        wednesday = MONDAY + timedelta(days=2)
        assert len(collisions(office, "anna", meeting(when=at(0, 15, day=wednesday, minutes=30)))) == 1
        tuesday = MONDAY + timedelta(days=1)
        assert collisions(office, "anna", meeting(when=at(23, day=tuesday))) == ()


@pytest.mark.rule("5.6.series")
class TestFarAway:
    """A room is looked at over all occurrences, people for a year (semantics reference, section 5.6)."""

    def test_an_endless_series_meets_a_booking_many_years_ahead(self, office: Office) -> None:
        far = MONDAY + timedelta(days=7 * 52 * 15)
        assert not hard(office, meeting("In fifteen years", at(10, day=far), participants=(office.invite_room(),)))
        every_day = meeting("Every day", at(10), recurrence=daily(), participants=(office.invite_room(),))
        assert hard(office, every_day)
        later = meeting("Later", at(12), recurrence=daily(), participants=(office.invite_room(),))
        assert not hard(office, later)

    def test_an_endless_series_meets_one_that_begins_many_years_ahead(self, office: Office) -> None:
        far = MONDAY + timedelta(days=7 * 52 * 15)
        series = meeting("From then on", at(10, day=far), recurrence=daily(), participants=(office.invite_room(),))
        assert not hard(office, series)
        assert hard(office, meeting("Every day", at(10), recurrence=daily(), participants=(office.invite_room(),)))

    def test_people_are_not_asked_about_the_year_after_next(self, office: Office) -> None:
        far = MONDAY + timedelta(days=7 * 110)
        assert collisions(office, "anna", meeting("In two years", at(10, day=far))) == ()
        assert collisions(office, "anna", meeting("Every day", at(10), recurrence=daily())) == ()


@pytest.mark.rule("5.6.people", "5.6.told")
class TestWhoIsAsked:
    """Who declined is not asked, nor who is tentative; nobody learns what is private."""

    def test_who_is_tentative_about_the_new_appointment_is_not_asked(self, office: Office) -> None:
        collisions(office, "bruno", meeting("Hers"))
        (bruno,) = office.invite("bruno")
        tentative = msgspec.structs.replace(bruno, answer=Answer.TENTATIVE)
        assert collisions(office, "anna", meeting(participants=(tentative,))) == ()

    def test_a_title_that_is_private_is_told_to_its_owner_only(self, office: Office) -> None:
        office.share_default("anna", office.grant("bruno", EDITOR))
        collisions(office, "anna", meeting("Secret", private=True))
        assert [one.title for one in collisions(office, "anna", meeting())] == ["Secret"]
        found = collisions(office, "bruno", meeting(participants=office.invite("anna")))
        assert [(one.title, one.who) for one in found] == [("", (office.user("anna").display_name,))]

    def test_a_change_of_the_way_it_is_shown_is_checked(self, office: Office) -> None:
        collisions(office, "anna", meeting("There"))
        session = office.session("anna")
        free = session.create(office.default("anna"), meeting("Free", shown_as=ShownAs.FREE))
        with pytest.raises(Overlap):
            session.update(free.id, free.folder, lambda _item: {"shown_as": ShownAs.RESERVED})
