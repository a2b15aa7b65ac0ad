"""Postfix and Dovecot beside the server: what comes by mail reaches calendars, and nobody's mailbox misses a thing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import Message
from pathlib import Path

import pytest

from tests.interop.conftest import ADA, BEN, ZONE
from tests.interop.mail.system import MailSystem, missing
from tests.interop.replica import Replica
from tests.mail import samples
from tests.mail.samples import Reply
from tests.support.commands import Server, passerelle
from tests.support.inbound import Inbound
from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import OxUser
from tests.support.waiting import eventually

CAROL, OTTO = "carol@outside.test", "otto@outside.test"
START = (datetime.now(UTC) + timedelta(days=30)).replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture(scope="module")
def postfix() -> Iterator[MailSystem]:
    if reason := missing():
        pytest.skip(reason)
    with MailSystem() as system:
        yield system


@pytest.fixture(scope="module")
def server(postfix: MailSystem, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("organisation"), zone=ZONE)
    for user in (ADA, BEN):
        server.add_user(user)
    with server:
        yield server


@pytest.fixture
def inbound(server: Server, postfix: MailSystem) -> Iterator[Inbound]:
    with Inbound(server.data, lmtp=postfix.passerelle) as service:
        yield service


@pytest.fixture
def ada(server: Server) -> OxUser:
    return OxUser(server.url, ADA)


def meeting_of(ada: OxUser, title: str, *people: ox.Xml) -> Response:
    """A meeting of ada's, with others."""
    begin = round(START.timestamp() * 1000)
    participants = ox.together(ox.user(ada.id, "accept"), *people)
    return ada.default("calendar").create(
        title=title, start_date=begin, end_date=begin + 3_600_000, participants=participants, ignore_conflicts="true"
    )


def uid_of(server: Server, title: str, tmp_path: Path) -> str:
    """The uid of a meeting, as those who are invited get it."""
    text = Replica(tmp_path / "connector", server, ADA).text("Calendar")
    event = next(part for part in text.split("BEGIN:VEVENT") if f"SUMMARY:{title}" in part)
    return next(line for line in event.splitlines() if line.startswith("UID:")).removeprefix("UID:")


def invitation(uid: str, title: str, *, sender: str = OTTO, method: str = "REQUEST", day: int = 1) -> bytes:
    lines = (
        "BEGIN:VEVENT", f"UID:{uid}", f"DTSTAMP:202401{day:02}T080000Z", f"SEQUENCE:{day}", f"SUMMARY:{title}",
        f"DTSTART:{samples.utc(START)}", "DURATION:PT1H", f"ORGANIZER:mailto:{OTTO}", f"ATTENDEE:mailto:{ADA.email}",
        "END:VEVENT",
    )  # fmt: skip
    mail = samples.invitation(*lines, sender=sender, to=ADA.email, method=method)
    return mail.replace(b"Subject: Re: Meeting", f"Subject: {title}".encode())


def titles(user: OxUser) -> list[str]:
    return [one["title"] for one in user.default("calendar").changes() if one["object_status"] == "CREATE"]


def test_an_invitation_by_mail_stands_in_the_calendar_and_in_the_mailbox(
    postfix: MailSystem, inbound: Inbound, ada: OxUser
) -> None:
    postfix.send(OTTO, [ADA.email], invitation("lunch", "Lunch"))
    eventually(lambda: "Lunch" in titles(ada), "the invitation is in the calendar", patience_s=30)
    assert postfix.arrived(ADA.email, "Lunch").get_content_type() == "text/calendar"

    postfix.send(OTTO, [ADA.email], invitation("lunch", "Lunch is off", method="CANCEL", day=2))
    eventually(lambda: "Lunch" not in titles(ada), "what was called off is gone", patience_s=30)


def test_a_colleagues_answer_by_mail_is_seen_by_the_organiser(
    postfix: MailSystem, inbound: Inbound, ada: OxUser, server: Server, tmp_path: Path
) -> None:
    made = meeting_of(ada, "Review", ox.user(OxUser(server.url, BEN).id))
    reply = Reply(uid=uid_of(server, "Review", tmp_path), mail=BEN.email, organizer=ADA.email, answer="decline",
                  start=f"DTSTART:{samples.utc(START)}")  # fmt: skip
    postfix.send(BEN.email, [ADA.email], samples.outlook(reply))

    def answers() -> list[str]:
        return [one["confirm"] for one in ada.load("calendar", made.id).entries("participants") if one["confirm"]]

    eventually(lambda: "decline" in answers(), "the answer is on the server", patience_s=30)
    assert ada.load("calendar", made.id).last_modified > made.last_modified


def test_an_outsiders_answer_by_mail_reaches_the_organisers_connector(
    postfix: MailSystem, inbound: Inbound, ada: OxUser, server: Server, tmp_path: Path
) -> None:
    meeting_of(ada, "Visit", ox.guest(CAROL, "Carol"))
    reply = Reply(uid=uid_of(server, "Visit", tmp_path), mail=CAROL, organizer=ADA.email, answer="accept",
                  start=f"DTSTART:{samples.utc(START)}", comment="with pleasure")  # fmt: skip
    postfix.send(CAROL, [ADA.email], samples.gmail(reply))
    connector = Replica(tmp_path / "second", server, ADA)

    def has_accepted() -> bool:
        connector.sync()
        return "PARTSTAT=ACCEPTED" in connector.text("Calendar").replace("\r\n ", "").partition("SUMMARY:Visit")[2]

    eventually(has_accepted, "carol has accepted", patience_s=30)
    assert "with pleasure" in connector.text("Calendar")


def test_a_forged_invitation_changes_no_calendar_and_bothers_nobody_with_a_bounce(
    postfix: MailSystem, inbound: Inbound, ada: OxUser
) -> None:
    postfix.send("eve@outside.test", [ADA.email], invitation("forged", "Forged", sender="eve@outside.test"))
    postfix.arrived(ADA.email, "Forged")
    eventually(lambda: "does not come from the organiser" in postfix.log(), "the refusal is in the log", patience_s=30)
    assert "Forged" not in titles(ada)
    eventually(lambda: "empty" in postfix.queue(), "Postfix is done", patience_s=30)
    assert postfix.mailbox("eve@outside.test") == []


def test_while_the_service_is_down_mail_waits_for_it(postfix: MailSystem, server: Server, ada: OxUser) -> None:
    postfix.send(OTTO, [ADA.email], invitation("patience", "Patience"))
    eventually(lambda: "inbound.example.org" in postfix.queue(), "the copy waits", patience_s=30)
    with Inbound(server.data, lmtp=postfix.passerelle):
        eventually(lambda: "Patience" in titles(ada), "the invitation is in the calendar", patience_s=60)


# There and back


@pytest.fixture(scope="module")
def relay(server: Server, postfix: MailSystem) -> None:
    """The server's own mail leaves through Postfix."""
    where = ("--port", str(postfix.smtp), "--security", "none", "--sender", "groupware@example.org")
    passerelle("server", "mail", "relay", "127.0.0.1", *where, data=server.data)


def leave(server: Server, recipient: str) -> None:
    """Lets mail to somebody leave at once that would wait for further changes."""
    for mail in json.loads(passerelle("server", "mail", "queue", "--json", data=server.data)):
        if mail["recipient"] == recipient:
            passerelle("server", "mail", "retry", str(mail["id"]), data=server.data)


def calendar_in(mail: Message, method: str) -> str:
    """The scheduling message in a mail, unfolded."""
    part = next(part for part in mail.walk() if part.get_content_type() == "text/calendar")
    assert part.get_param("method") == method
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n ", "")


def test_an_invitation_leaves_through_postfix_and_its_answer_comes_back(
    postfix: MailSystem, inbound: Inbound, ada: OxUser, server: Server, relay: None, tmp_path: Path
) -> None:
    meeting_of(ada, "Circle", ox.guest(CAROL, "Carol"))
    leave(server, CAROL)
    mail = postfix.arrived(CAROL, "Circle")
    assert ADA.email in str(mail["From"])
    text = calendar_in(mail, "REQUEST")
    lines = dict(line.partition(":")[::2] for line in text.splitlines())
    reply = Reply(uid=lines["UID"], mail=CAROL, organizer=ADA.email, answer="tentative", comment="must ask",
                  sequence=int(lines.get("SEQUENCE", "0")), start=f"DTSTART:{samples.utc(START)}")  # fmt: skip
    postfix.send(CAROL, [ADA.email], samples.apple(reply))
    connector = Replica(tmp_path / "connector", server, ADA)

    def has_answered() -> bool:
        connector.sync()
        return "must ask" in connector.text("Calendar")

    eventually(has_answered, "carol has answered", patience_s=30)
    assert "PARTSTAT=TENTATIVE" in connector.text("Calendar").replace("\r\n ", "")


def test_who_is_invited_by_mail_answers_by_mail(
    postfix: MailSystem, inbound: Inbound, ada: OxUser, server: Server, relay: None
) -> None:
    postfix.send(OTTO, [ADA.email], invitation("dinner", "Dinner"))
    eventually(lambda: "Dinner" in titles(ada), "the invitation is in the calendar", patience_s=30)
    dinner = next(one for one in ada.default("calendar").changes() if one.values.get("title") == "Dinner")
    ada.write_well("calendar", object_id=dinner.id, method="CONFIRM", confirm="accept", confirm_message="with wine")
    leave(server, OTTO)
    text = calendar_in(postfix.arrived(OTTO, "Dinner"), "REPLY")
    assert "UID:dinner" in text.splitlines()
    (attendee,) = [line for line in text.splitlines() if line.startswith("ATTENDEE")]
    assert "PARTSTAT=ACCEPTED" in attendee
    assert attendee.endswith(f"mailto:{ADA.email}")
    assert "with wine" in text
