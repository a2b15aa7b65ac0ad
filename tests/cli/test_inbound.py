"""A mail on standard input, as a mail server's pipe hands it over: what comes of it, and how the mail server hears."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from passerelle.cli.program import run
from passerelle.mail.reading import MAX_MESSAGE
from tests.cli.conftest import Command, Outcome
from tests.mail import samples
from tests.mail.samples import Reply
from tests.mail.test_invitations import vevent
from tests.support.inbound import Inbound

OK, DATAERR, NOUSER, TEMPFAIL, NOPERM = 0, 65, 67, 75, 77

Pipe = Callable[..., Outcome]


@pytest.fixture
def pipe(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, office: Path) -> Pipe:
    def hand_over(mail: bytes, *words: str, data: Path = office) -> Outcome:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(mail)))
        code = run(["server", "inbound", "--data", str(data), *words])
        captured = capsys.readouterr()
        assert "Traceback" not in captured.err
        assert captured.out == ""
        return Outcome(code, captured.out, captured.err)

    return hand_over


def test_an_invitation_is_taken_and_one_sentence_says_so(pipe: Pipe, command: Command, office: Path) -> None:
    outcome = pipe(samples.invitation(*vevent()), "--recipient", "anna@example.org")
    assert (outcome.code, outcome.err) == (OK, "The invitation was put into the calendar of anna.\n")
    assert "SUMMARY:Plan" in command("server", "export", "Calendar", "--user", "anna", "--data", office).out


def test_other_mail_is_nothing_to_do(pipe: Pipe) -> None:
    outcome = pipe(b"From: otto@outside.test\n\nHello")
    assert (outcome.code, outcome.err) == (OK, "Nothing to do: the mail holds no scheduling message.\n")


@pytest.mark.parametrize(
    ("mail", "words", "code"),
    [
        (samples.invitation(*vevent()), ("--recipient", "nobody@example.org"), NOUSER),
        (samples.invitation(*vevent(), sender="eve@evil.test"), ("--recipient", "anna@example.org"), NOPERM),
        (samples.plain(Reply(uid="guessed", mail="eve@evil.test")), (), NOPERM),
        (samples.invitation(*vevent()), ("--recipient", "anna@example.org", "--trust", "mx.example.org"), NOPERM),
        (samples.mail("a@b.test", "METHOD"), (), DATAERR),
        (b"x" * (MAX_MESSAGE + 1), (), DATAERR),
    ],
)
def test_what_is_refused_is_refused_for_good(pipe: Pipe, mail: bytes, words: tuple[str, ...], code: int) -> None:
    outcome = pipe(mail, *words)
    assert outcome.code == code
    assert outcome.err.startswith("passerelle: ")
    assert outcome.err.count("\n") == 1


def test_a_server_that_is_not_there_may_be_there_later(pipe: Pipe, tmp_path: Path) -> None:
    assert pipe(samples.invitation(*vevent()), data=tmp_path / "nowhere").code == TEMPFAIL


def test_a_database_that_fails_may_work_later(pipe: Pipe, office: Path) -> None:
    with sqlite3.connect(office / "passerelle.db") as database:
        database.execute("ALTER TABLE correspondence RENAME TO elsewhere")
    outcome = pipe(samples.invitation(*vevent()), "--recipient", "anna@example.org")
    assert outcome.code == TEMPFAIL
    assert "Try again later" in outcome.err


def test_a_mail_waits_until_a_fault_that_nobody_foresaw_is_mended(pipe: Pipe, office: Path) -> None:
    with sqlite3.connect(office / "passerelle.db") as database:
        database.execute("UPDATE users SET content = 'no JSON'")
    assert pipe(samples.invitation(*vevent()), "--recipient", "anna@example.org").code == TEMPFAIL


def test_lmtp_names_its_recipients_itself(pipe: Pipe) -> None:
    assert pipe(b"", "--lmtp", "127.0.0.1:0", "--recipient", "anna@example.org").code == 3


def test_the_service_says_where_it_listens(office: Path) -> None:
    with Inbound(office) as service:
        assert service.port > 0
