"""What is read of a mail; and that no mail, however it is made, breaks anything."""

from __future__ import annotations

import base64
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.groupware.incoming import Letter, take
from passerelle.mail.inbound import Door
from passerelle.mail.reading import MAX_LINES, MAX_MESSAGE, read_mail
from passerelle.model.errors import PasserelleError, Unreadable
from tests.groupware.office import Office
from tests.mail import samples
from tests.mail.samples import Reply

REPLY = Reply(uid="1", mail="carol@outside.test")


def test_who_wrote_and_who_is_addressed() -> None:
    mail = read_mail(
        b"From: =?utf-8?q?=C4=8Capek?= <Carol@Outside.test>\nSender: desk@outside.test\n"
        b"To: Anna <anna@example.org>, undisclosed:;\nCc: BRUNO@example.org, anna@example.org\n\nHi"
    )
    assert (mail.author, mail.sender) == ("carol@outside.test", "desk@outside.test")
    assert mail.addressees == ("anna@example.org", "bruno@example.org")
    assert mail.calendar is None


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-2", "utf-16", "windows-1250", "no-such-set", "rot13", "a\0b"])
def test_a_message_is_read_in_its_character_set(charset: str) -> None:
    text = samples.calendar(*samples.event(REPLY))
    codec = charset if charset in {"utf-8", "iso-8859-2", "utf-16", "windows-1250"} else "utf-8"
    head = f'From: a@b.test\nContent-Type: text/calendar; method=REPLY; charset="{charset}"\n'
    body = base64.encodebytes(text.encode(codec))
    mail = read_mail(f"{head}Content-Transfer-Encoding: base64\n\n".encode() + body)
    assert mail.calendar is not None
    assert "Čapek" in mail.calendar.decode()


def test_the_message_itself_is_preferred_to_attachments() -> None:
    other = samples.calendar("X-THE:attachment", method="PUBLISH")
    text = samples.calendar("X-THE:message")
    parts = "".join(
        f"--x\r\nContent-Type: {type_}\r\n\r\n{content}\r\n"
        for type_, content in (("application/ics", other), ("text/calendar; method=REPLY", text))
    )
    mail = read_mail(f"From: a@b.test\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n{parts}--x--".encode())
    assert mail.calendar is not None
    assert b"X-THE:message" in mail.calendar


@pytest.mark.parametrize(
    "head",
    [
        "From: a@b.test, c@d.test",
        "From: a@b.test\nFrom: c@d.test",
        "From: (a@b.test) nobody",
        "From: <a@b.test>c@d.test",
        "From: team: a@b.test, c@d.test;",
        "From: a\0b@c.test",
        "Subject: none",
    ],
)
def test_an_unclear_author_is_none(head: str) -> None:
    assert read_mail(f"{head}\n\ntext".encode()).author == ""


def test_too_large_a_mail_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read_mail(b"x" * (MAX_MESSAGE + 1))
    with pytest.raises(Unreadable):
        read_mail(b"text/calendar" + b"\n" * (MAX_LINES + 1))
    with pytest.raises(Unreadable):
        read_mail(b"Content-Type: text/calendar; method=REPLY\n\nMETHOD:REPLY\n" + b"x" * (3 * 2**20))


def _nested(depth: int, kind: str = "multipart/mixed; boundary={}") -> bytes:
    """A mail of mails, or of parts in parts."""
    heads = (f"Content-Type: {kind.format(f'b{number}')}\n\n--b{number}\n" for number in range(depth))
    return ("From: a@b.test\n" + "".join(heads) + "Content-Type: text/calendar\n\nMETHOD:REPLY").encode()


@pytest.mark.parametrize(
    "mail",
    [
        _nested(39),
        _nested(2000),
        _nested(20_000, "message/rfc822"),
        _nested(20_000, "message/delivery-status"),
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\ntext/calendar\n" * 90_000,
        b"Content-Type: text/calendar\nContent-Type: multipart/mixed\n\nMETHOD",
        b"Content-Type: text/calendar; method*0*=x''%FF; method*2=\n\nMETHOD:X",
        b"From: <<<>>>,,;:@\nTo: \xff\xfe <\n\ntext/calendar",
        b"Content-Disposition: attachment; filename*=''%%%.ics\n\nMETHOD",
        b"Content-Type: text/calendar\nContent-Transfer-Encoding: x-uuencode\n\nbegin\n\xff",
        b"Content-Type: text/calendar" + b";" * 100_000 + b"\n\nMETHOD",
        b"Content-Type: text/calendar; x=" + b'";' * 50_001 + b"\n\nMETHOD",
        b"Content-Type: text/calendar; x=" + b"(" * 100_000 + b"\n\nMETHOD",
        b"From:" + b" (" * 240 + b"\n\ntext/calendar",
        b"From:" + b" (" * 50_000 + b"\n\ntext/calendar",
        b"From: " + b"a," * 100_000 + b"\n\ntext/calendar",
        b"To: " + b"<" * 100_000 + b"\n\ntext/calendar",
        b"To: " + b'"' * 100_001 + b"\n\ntext/calendar",
        b"To: " + b"(" * 100_000 + b"\n\ntext/calendar",
        b"To: " + b"a@[" * 30_000 + b"\n\ntext/calendar",
    ],
)
def test_a_hostile_mail_is_unreadable_or_harmless_and_soon_done_with(mail: bytes) -> None:
    begun = time.process_time()
    with suppress(Unreadable):
        assert read_mail(mail) is not None
    assert time.process_time() - begun < 20


HEADS = st.sampled_from([b"From", b"To", b"Sender", b"Content-Type", b"Content-Transfer-Encoding", b"Mime-Version",
                         b"Content-Disposition", b"Authentication-Results"])  # fmt: skip
VALUES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from([
        b"text/calendar; method=REPLY", b"multipart/mixed; boundary=x", b"multipart/alternative; boundary=''",
        b"message/rfc822", b'application/ics; name="a.ics"', b"base64", b"quoted-printable", b"x-uue", b"8bit",
        b"Carol <carol@outside.test>", b"=?utf-8?b?w6k=?= <a@b.test>", b"text/calendar; charset=punycode",
        b"attachment; filename*0*=utf-8''%e2%82; filename*1=.ics",
    ]),
)  # fmt: skip
BODIES = st.one_of(
    st.binary(max_size=200),
    st.sampled_from([samples.plain(REPLY), samples.gmail(REPLY), b"--x\n", b"--x--\n", b"METHOD:REPLY\n", b"\n\n"]),
)


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    heads = draw(st.lists(st.tuples(HEADS, VALUES), max_size=8))
    lines = [name + b": " + value + b"\n" for name, value in heads]
    return b"".join([*lines, b"\n", *draw(st.lists(BODIES, max_size=6))])


@given(mails())
def test_any_mail_is_read_or_refused(mail: bytes) -> None:
    with suppress(Unreadable):
        read_mail(mail)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A mail of some program with some bytes changed, lost or doubled."""
    mail = bytearray(draw(st.sampled_from(samples.ALL))(REPLY))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(mail) - 1))
        end = min(at + draw(st.integers(0, 30)), len(mail))
        mail[at:end] = draw(st.one_of(st.binary(max_size=4), st.just(bytes(mail[at:end]) * 2)))
    return bytes(mail)


@given(damaged())
def test_a_damaged_mail_is_read_or_refused(mail: bytes) -> None:
    with suppress(Unreadable):
        read_mail(mail)


LINES = st.one_of(
    st.sampled_from([
        "BEGIN:VEVENT", "END:VEVENT", "BEGIN:VTODO", "UID:plan-1", "DTSTART:20270101T100000Z",
        "DTSTART:99991231T235959Z",
        "DTEND:00010101T000000Z", "RRULE:FREQ=SECONDLY", "RRULE:FREQ=DAILY;COUNT=3", "RECURRENCE-ID:20270102T100000Z",
        "RECURRENCE-ID;VALUE=DATE:20270102", "SEQUENCE:999999999", "DTSTAMP:20240101T000000Z", "DTSTAMP:x",
        "ORGANIZER:mailto:otto@outside.test", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:otto@outside.test",
        "ATTENDEE:mailto:anna@example.org",
        "SUMMARY:Plan", "EXDATE:20270102T100000Z", "DURATION:P99999D", "STATUS:CANCELLED",
    ]),
    st.text(max_size=30),
)  # fmt: skip


@given(method=st.sampled_from(["REQUEST", "CANCEL", "REPLY", "COUNTER", "REFRESH"]), lines=st.lists(LINES, max_size=25))
def test_any_message_is_taken_or_refused(world: Office, method: str, lines: list[str]) -> None:
    letter = Letter(authors=frozenset({"otto@outside.test"}), calendar=samples.calendar(*lines, method=method).encode())
    with suppress(PasserelleError):
        take(world.store, letter, world.user("anna"))


@given(st.lists(LINES, max_size=12))
def test_any_invitation_that_is_whole_but_for_some_lines_is_taken_or_refused(world: Office, lines: list[str]) -> None:
    whole = ("BEGIN:VEVENT", "UID:plan-2", "DTSTART:20270101T100000Z", "ORGANIZER:mailto:otto@outside.test", *lines)
    mail = samples.invitation(*whole, "END:VEVENT")
    with suppress(PasserelleError):
        Door(world.store).take(mail, "anna@example.org")
