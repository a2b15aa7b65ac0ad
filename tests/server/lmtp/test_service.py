"""Mail that a mail server hands over by LMTP (RFC 2033)."""

from __future__ import annotations

import smtplib
import socket
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from passerelle.mail.inbound import Door
from passerelle.mail.reading import MAX_MESSAGE
from passerelle.model.errors import Invalid, Misconfigured
from passerelle.model.items import Appointment
from passerelle.server.lmtp.replies import Reply
from passerelle.server.lmtp.service import bind, serve
from passerelle.store import Store
from tests.groupware.office import Office, furnish
from tests.mail import samples
from tests.mail.test_invitations import OTTO, records, vevent
from tests.support.inbound import Inbound

ANNA, BRUNO = "anna@example.org", "bruno@example.org"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lmtp") / "store"


@pytest.fixture(scope="module")
def office(data: Path) -> Iterator[Office]:
    with Store.create(data) as store:
        furnish(store)
        yield Office(store)


@pytest.fixture(scope="module")
def service(data: Path, office: Office) -> Iterator[Inbound]:
    with Inbound(data) as service:
        yield service


class Client:
    """Talks line by line, and sees each reply."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.file = self.socket.makefile("rwb")
        assert self.heard() == "220"

    def heard(self) -> str:
        """The code of the next reply, and the enhanced one where there is one; empty at the end."""
        while (line := self.file.readline())[3:4] == b"-":
            pass
        words = line.decode().split()
        return " ".join(words[:2]) if len(words) > 1 and words[1].count(".") == 2 else "".join(words[:1])

    def say(self, text: str) -> str:
        self.write(f"{text}\r\n".encode())
        return self.heard()

    def write(self, octets: bytes) -> None:
        self.file.write(octets)
        self.file.flush()

    def envelope(self, *recipients: str) -> list[str]:
        return [
            self.say("LHLO here"),
            self.say(f"MAIL FROM:<{OTTO}>"),
            *(self.say(f"RCPT TO:<{r}>") for r in recipients),
        ]

    def close(self) -> None:
        self.file.close()
        self.socket.close()


@pytest.fixture
def client(service: Inbound) -> Iterator[Client]:
    client = Client(service.port)
    yield client
    client.close()


def test_a_mail_comes_in_for_each_recipient_by_itself(office: Office, client: Client) -> None:
    assert client.envelope(ANNA, "nobody@example.org", BRUNO, "room@example.org") == [
        "250", "250 2.0.0", "250 2.0.0", "550 5.1.1", "250 2.0.0", "250 2.0.0",
    ]  # fmt: skip
    assert client.say("DATA") == "354"
    client.write(samples.invitation(*vevent(uid="each")) + b"\r\n.\r\n")
    assert [client.heard() for _ in range(3)] == ["250 2.0.0"] * 3
    for login in ("anna", "bruno"):
        assert [one.item.uid for one in records(office, login)].count("each") == 1
    assert client.say("QUIT") == "221 2.0.0"
    assert client.heard() == ""


def test_pythons_own_client_is_content(service: Inbound, office: Office) -> None:
    with smtplib.LMTP("127.0.0.1", service.port) as client:
        assert client.sendmail(OTTO, [ANNA], samples.invitation(*vevent(uid="smtplib"))) == {}
    assert "smtplib" in [one.item.uid for one in records(office, "anna")]


def test_a_refusal_names_its_reason_and_the_next_mail_is_taken(client: Client) -> None:
    client.envelope(ANNA)
    client.say("DATA")
    client.write(samples.invitation(*vevent(uid="forged"), sender="eve@evil.test") + b"\r\n.\r\n")
    assert client.heard() == "550 5.7.1"
    client.envelope(ANNA)
    client.say("DATA")
    client.write(samples.mail(OTTO, "nonsense METHOD") + b"\r\n.\r\n")
    assert client.heard() == "554 5.6.0"
    client.envelope(ANNA)
    client.say("DATA")
    client.write(b"From: otto@outside.test\r\n\r\nHello\r\n.\r\n")
    assert client.heard() == "250 2.0.0"


def test_dots_are_taken_off_and_a_bare_line_end_ends_nothing(office: Office, client: Client) -> None:
    client.envelope(ANNA)
    client.say("DATA")
    lines = [line.replace("ATTENDEE;RSVP=TRUE;PARTSTAT=ACCEPTED", "ATTENDEE") for line in vevent(uid="dots")]
    text = samples.invitation(*lines).replace(b"8bit", b"quoted-printable").replace(b"CN=Otto", b"CN=3DOtto")
    client.write(text.replace(b"SUMMARY:Plan", b"SUMMARY:One=\r\n..two") + b"\n.\n.\r\n \n.\r\n..\r\n.\r\n")
    assert client.heard() == "250 2.0.0"
    titles = [one.item.title for one in records(office, "anna") if isinstance(one.item, Appointment)]
    assert "One.two" in titles


def test_commands_may_come_all_at_once(client: Client) -> None:
    client.write(
        b"LHLO a\r\nMAIL FROM:<> SIZE=100 BODY=8BITMIME\r\nRCPT TO:<anna@example.org> NOTIFY=NEVER\r\nDATA\r\n"
    )
    assert [client.heard() for _ in range(4)] == ["250", "250 2.0.0", "250 2.0.0", "354"]
    client.write(b".\r\nRSET\r\nVRFY anna\r\n")
    assert [client.heard() for _ in range(3)] == ["250 2.0.0", "250 2.0.0", "252 2.5.0"]


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (["HELO a"], "500 5.5.1"),
        (["EHLO a"], "500 5.5.1"),
        (["LHLO"], "501 5.5.4"),
        (["MAIL FROM:<a@b.test>"], "503 5.5.1"),
        (["LHLO a", "RCPT TO:<anna@example.org>"], "503 5.5.1"),
        (["LHLO a", "DATA"], "503 5.5.1"),
        (["LHLO a", "MAIL FROM:<a@b.test>", "MAIL FROM:<a@b.test>"], "503 5.5.1"),
        (["LHLO a", "MAIL a@b.test"], "501 5.5.4"),
        (["LHLO a", "MAIL FROM:<a@b.test>", "RCPT TO:<>"], "501 5.5.4"),
        (["LHLO a", "MAIL FROM:<a@b.test>", f"RCPT TO:<{'x' * 1000}@b.test>"], "550 5.1.1"),
        (["LHLO a", "MAIL FROM:<a@b.test>", "RCPT TO:<@hop.test:anna@example.org>"], "250 2.0.0"),
        (["LHLO a", "MAIL FROM:<a@b.test>", "RCPT TO:<anna@example.org>", "DATA now"], "501 5.5.4"),
        (["LHLO a", f"MAIL FROM:<a@b.test> SIZE={MAX_MESSAGE + 1}"], "552 5.3.4"),
        (["X" * 5000], "500 5.5.1"),
        (["\0\xff"], "500 5.5.1"),
    ],
)
def test_what_is_out_of_order_or_no_command_is_said(client: Client, lines: list[str], code: str) -> None:
    assert [client.say(line) for line in lines][-1] == code


def test_a_line_without_end_is_not_kept_in_memory_and_not_obeyed(service: Inbound, client: Client) -> None:
    with suppress(ConnectionResetError, BrokenPipeError):  # it may be let go while it still writes
        client.socket.sendall(b"A" * 300_000 + b"\r\n")
        assert client.heard() in {"500 5.5.1", ""}
    another = Client(service.port)
    assert another.say("NOOP") == "250 2.0.0"
    another.close()


def test_who_only_makes_mistakes_is_let_go(client: Client) -> None:
    heard = [client.say("NONSENSE") for _ in range(21)]
    assert set(heard) == {"500 5.5.1"}
    assert client.heard() == "421 4.7.0"
    assert client.heard() == ""


def test_too_large_a_mail_is_refused_and_the_conversation_goes_on(client: Client) -> None:
    client.envelope(ANNA, BRUNO)
    client.say("DATA")
    client.write((b"x" * 998 + b"\r\n") * (MAX_MESSAGE // 1000 + 2) + b".\r\n")
    assert [client.heard(), client.heard()] == ["552 5.3.4"] * 2
    assert client.say("NOOP") == "250 2.0.0"


def test_a_client_that_breaks_off_leaves_no_mail_behind(service: Inbound, office: Office) -> None:
    client = Client(service.port)
    client.envelope(ANNA)
    client.say("DATA")
    client.write(samples.invitation(*vevent(uid="half")))
    client.close()
    other = Client(service.port)
    assert other.say("LHLO a") == "250"
    other.close()
    assert "half" not in [one.item.uid for one in records(office, "anna")]


def test_while_the_store_cannot_be_written_the_mail_is_to_be_tried_again(tmp_path: Path) -> None:
    with Store.create(tmp_path / "store") as store:
        furnish(store)
    with Inbound(tmp_path / "store") as service:
        client = Client(service.port)
        client.envelope(ANNA)
        with sqlite3.connect(tmp_path / "store" / "passerelle.db") as database:
            database.execute("ALTER TABLE correspondence RENAME TO elsewhere")
        client.say("DATA")
        client.write(samples.invitation(*vevent()) + b"\r\n.\r\n")
        assert client.heard() == "451 4.3.0"
        client.close()
        assert "Traceback" not in service.log()


def test_it_listens_on_a_path_for_owner_and_group_and_clears_it_away(
    tmp_path: Path, office: Office, data: Path
) -> None:
    path = tmp_path / "lmtp"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    with Inbound(data, lmtp=f"unix:{path}") as service:
        assert service.address == f"unix:{path}"
        assert stat.S_IMODE(path.stat().st_mode) == 0o660
        with smtplib.LMTP(str(path)) as client:
            assert client.noop()[0] == 250
        with pytest.raises(Misconfigured):
            bind(f"unix:{path}")
    assert not path.exists()


def test_a_file_in_the_way_is_not_removed(tmp_path: Path) -> None:
    path = tmp_path / "lmtp"
    path.write_text("precious")
    with pytest.raises(Misconfigured):
        bind(f"unix:{path}")
    assert path.read_text() == "precious"


def test_stopping_says_goodbye_to_those_who_wait(office: Office, data: Path) -> None:
    with Inbound(data) as service:
        client = Client(service.port)
        assert client.say("LHLO a") == "250"
        assert service.stop() == 0
        assert client.heard() == "421 4.3.2"
        client.close()


@pytest.mark.parametrize("address", ["192.0.2.1:24", "0.0.0.0:24", "[2001:db8::1]:24", "mail.example.org:24"])
def test_other_machines_cannot_be_let_in(office: Office, address: str) -> None:
    with pytest.raises(Misconfigured, match="anybody"):
        serve(Door(office.store), address, on_ready=lambda _: None)


@pytest.mark.parametrize("address", ["24", "127.0.0.1", "127.0.0.1:x", ":24", ""])
def test_an_address_that_is_none_is_said(office: Office, address: str) -> None:
    with pytest.raises(Invalid):
        serve(Door(office.store), address, on_ready=lambda _: None)


def test_a_reply_is_one_short_line_of_ascii_whatever_it_tells() -> None:
    line = Reply(550, "5.7.1 “Čapek”\r\n250 2.0.0 fine\r\n" + "x" * 1000).line()
    assert line.count(b"\n") == 1
    assert line.startswith(b'550 5.7.1 "?apek"  250')
    assert len(line) <= 512
