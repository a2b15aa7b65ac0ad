"""Two servers of ours invite each other's people by mail: what one writes, the other reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from passerelle.groupware import provision
from passerelle.groupware.mail_settings import Relay, Security
from passerelle.groupware.session import Session
from passerelle.mail.inbound import Door
from passerelle.model.errors import Forbidden
from passerelle.model.folders import Module
from passerelle.model.items import Appointment
from passerelle.model.participants import Answer, Participant, ParticipantKind
from passerelle.model.records import ItemRecord
from passerelle.store import Store
from tests.groupware.office import MONDAY, ZONE, appointment_of, at, daily, days, meeting
from tests.mail import samples
from tests.mail.conftest import Clock, MailingOffice, use
from tests.support.smtp import MailServer

ANNA, OTTO = "anna@example.org", "otto@outside.test"
GUEST = Participant(kind=ParticipantKind.EXTERNAL, mail=OTTO, name="Otto")


class Post:
    """Two organisations, and the mail between them. Otto alone is in the other one."""

    def __init__(self, office: MailingOffice, other: MailingOffice, server: MailServer) -> None:
        self._office, self._other, self._server = office, other, server
        self._seen = 0
        self.anna = office.session("anna")
        self.otto = Session(other.store, other.user("otto").id)
        for one, sender in ((office, "groupware@example.org"), (other, "groupware@outside.test")):
            use(one.store, Relay(host="127.0.0.1", port=server.port, sender=sender, security=Security.NONE))

    def run(self) -> list[str]:
        """Let all mail be sent, and take it; return what was said of it."""
        for one in (self._office, self._other):
            one.post()
        doors = {"example.org": Door(self._office.store), "outside.test": Door(self._other.store)}
        new = self._server.received[self._seen :]
        self._seen = len(self._server.received)
        return [
            str(doors[one.recipient.rpartition("@")[2]].take(one.message.as_bytes(), one.recipient).text) for one in new
        ]

    def invite(self, **fields: object) -> ItemRecord:
        """A meeting of anna's with otto."""
        return self.anna.create(self._office.default("anna"), meeting(participants=(GUEST,), **fields))  # type: ignore[arg-type]

    def ottos(self) -> list[ItemRecord]:
        return list(self.otto.changes(self._other.default("otto"), Module.CALENDAR).items)

    def ottos_only(self) -> Appointment:
        (record,) = self.ottos()
        return appointment_of(record)

    def answer_at_annas(self, record: ItemRecord) -> tuple[Answer, str]:
        item = appointment_of(self.anna.get(record.id, Module.CALENDAR))
        return next((each.answer, each.message) for each in item.participants if each.mail == OTTO)


@pytest.fixture
def post(office: MailingOffice, tmp_path: Path, server: MailServer) -> Iterator[Post]:
    clock = Clock()
    with Store.create(tmp_path / "other", clock=clock) as store:
        provision.initialise(store)
        provision.add_user(store, "otto", "p", first_name="Otto", last_name="Out", locale="de", zone=ZONE, email=OTTO)
        provision.add_resource(store, "room", "Room", email="room@outside.test")
        yield Post(office, MailingOffice(store, clock), server)


def test_an_invitation_is_answered(post: Post) -> None:
    record = post.invite(title="Plan", location="Paris")
    post.run()
    item = post.ottos_only()
    assert (item.title, item.location, item.when, item.uid) == ("Plan", "Paris", at(10), record.item.uid)
    post.otto.confirm(post.ottos()[0].id, Answer.TENTATIVE, "vielleicht")
    assert post.run() == [f"The answer of {OTTO} was taken."]
    assert post.answer_at_annas(record) == (Answer.TENTATIVE, "vielleicht")


def test_a_new_time_is_asked_about_and_answered_again(post: Post) -> None:
    record = post.invite()
    post.run()
    post.otto.confirm(post.ottos()[0].id, Answer.ACCEPTED)
    post.run()
    post.anna.update(record.id, None, lambda _: {"when": at(15)})
    assert post.answer_at_annas(record)[0] is Answer.NONE
    post.run()
    assert post.ottos_only().when == at(15)
    post.otto.confirm(post.ottos()[0].id, Answer.DECLINED, "too late")
    post.run()
    assert post.answer_at_annas(record) == (Answer.DECLINED, "too late")


def test_who_deletes_an_invitation_has_declined(post: Post) -> None:
    record = post.invite()
    post.run()
    post.otto.delete(post.ottos()[0].id)
    assert post.run() == [f"The answer of {OTTO} was taken."]
    assert post.answer_at_annas(record)[0] is Answer.DECLINED


def test_what_is_called_off_goes_at_the_guests_too(post: Post) -> None:
    record = post.invite()
    post.run()
    post.anna.delete(record.id)
    post.run()
    assert post.ottos() == []


def test_who_is_no_longer_invited_loses_the_appointment(post: Post) -> None:
    record = post.invite()
    post.run()
    post.anna.update(record.id, None, lambda item: {"participants": getattr(item, "participants", ())[:1]})
    post.run()
    assert post.ottos() == []


@pytest.mark.parametrize("when", [at(10), days()])
def test_a_series_with_changes_is_the_same_at_both(post: Post, when: Appointment) -> None:
    record = post.invite(when=when, recurrence=daily(5), title="Daily")
    post.run()
    post.anna.change_occurrence(record.id, None, MONDAY + timedelta(days=1), lambda _: {"title": "Special"})
    post.run()
    post.anna.delete_occurrence(record.id, None, MONDAY + timedelta(days=2))
    post.run()
    found = {appointment_of(one).title: appointment_of(one) for one in post.ottos()}
    mine = appointment_of(post.anna.get(record.id, Module.CALENDAR))
    assert set(found) == {"Daily", "Special"}
    assert (found["Daily"].when, found["Daily"].recurrence) == (mine.when, mine.recurrence)


def test_an_occurrence_is_answered_by_itself(post: Post) -> None:
    record = post.invite(recurrence=daily(5))
    post.run()
    post.otto.confirm(post.ottos()[0].id, Answer.DECLINED, "dentist", at=MONDAY + timedelta(days=3))
    post.run()
    assert post.answer_at_annas(record)[0] is Answer.NONE
    (key,) = post.anna.get(record.id, Module.CALENDAR).changed
    assert key == at(10, day=MONDAY + timedelta(days=3)).start


def test_nobody_writes_back_and_forth_for_ever(post: Post) -> None:
    post.invite()
    post.run()
    post.otto.confirm(post.ottos()[0].id, Answer.ACCEPTED)
    post.run()
    assert post.run() == ["Nothing to do: the mail holds no scheduling message."]  # anna is told of the answer
    assert [post.run() for _ in range(3)] == [[], [], []]


def refresh(uid: str | None) -> bytes:
    lines = ("BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20240101T080000Z", f"ATTENDEE:mailto:{OTTO}", "END:VEVENT")
    return samples.mail(OTTO, samples.calendar(*lines, method="REFRESH"), method="REFRESH")


def test_who_lost_an_invitation_gets_it_again_when_asking_but_not_all_the_time(post: Post, door: Door) -> None:
    record = post.invite()
    post.run()
    ask = refresh(record.item.uid)
    assert door.take(ask).text == f"{OTTO} gets the invitation again."
    assert not door.take(ask).is_news
    assert len(post.run()) == 1
    assert post.ottos_only().uid == record.item.uid
    with pytest.raises(Forbidden):
        door.take(ask.replace(f"From: {OTTO}".encode(), b"From: eve@evil.test"))


def test_a_series_comes_again_as_a_whole(post: Post, door: Door) -> None:
    record = post.invite(recurrence=daily(5))
    post.anna.change_occurrence(record.id, None, MONDAY + timedelta(days=1), lambda _: {"title": "Special"})
    assert door.take(refresh(record.item.uid)).is_news
    post.run()
    assert {appointment_of(one).title for one in post.ottos()} == {"Meeting", "Special"}
