"""What an administrator does about outgoing mail, and a running server that sends it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from passerelle.groupware.letters import Kind
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.model.errors import Contradiction, Invalid, Misconfigured, Missing, NotFound
from passerelle.model.principals import Notices
from passerelle.store import MailState, Store
from tests.cli.conftest import Command, Outcome
from tests.support.commands import Server
from tests.support.smtp import MailServer
from tests.support.waiting import eventually

SENDER = "groupware@example.org"
EVA = "eva@elsewhere.example"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


def use(command: Command, office: Path, server: MailServer) -> Outcome:
    where = ("--port", str(server.port), "--security", "none", "--sender", SENDER)
    return command("server", "mail", "relay", "127.0.0.1", *where, "--data", office)


def queue(office: Path, *recipients: str) -> None:
    with Store.open(office) as store, store.writing(SYSTEM_USER) as tx:
        for recipient in recipients:
            tx.outbox.add(recipient, recipient, Kind.READY, b"Subject: Hello\r\n\r\nGood morning.\r\n")


def fail(office: Path) -> None:
    with Store.open(office) as store, store.writing(SYSTEM_USER) as tx:
        for mail in tx.outbox.unsent():
            tx.outbox.give_up(mail.id, "Nobody there.")


def states(office: Path) -> list[MailState]:
    with Store.open(office) as store, store.reading() as tx:
        return [mail.state for mail in tx.outbox.unsent()]


def test_a_test_mail_says_whether_mail_leaves(command: Command, office: Path, server: MailServer) -> None:
    assert use(command, office, server).code == 0
    outcome = command("server", "mail", "test", EVA, "--data", office)
    assert (outcome.code, EVA in outcome.out) == (0, True)
    assert [one.sender for one in server.received] == [SENDER]
    server.answers[EVA] = "550 unknown"
    refused = command("server", "mail", "test", EVA, "--data", office)
    assert refused.code == Misconfigured.exit_code
    assert "550 unknown" in refused.err


def test_without_a_relay_one_is_told_to_name_one(command: Command, office: Path) -> None:
    outcome = command("server", "mail", "test", EVA, "--data", office)
    assert outcome.code == Misconfigured.exit_code
    assert "server mail relay" in outcome.err
    assert "server mail relay" in command("server", "mail", "queue", "--data", office).out


def test_the_relays_password_lies_in_a_file_of_its_own(command: Command, office: Path) -> None:
    words = ("server", "mail", "relay", "mail.example.org", "--sender", SENDER, "--data", office)
    assert command(*words, "--login", "groupware", "--password-stdin", stdin="geheim\n").code == 0
    path = office / "relay.password"
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("geheim\n", 0o600)
    assert b"geheim" not in (office / "passerelle.db").read_bytes()
    assert command(*words).code == 0
    assert not path.exists()


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--sender", "nobody"), Invalid),
        (("--sender", SENDER, "--port", "0"), Invalid),
        (("--sender", SENDER, "--login", "x", "--security", "none"), Contradiction),
        (("--sender", SENDER, "--authority", "/nowhere.pem"), Misconfigured),
    ],
)
def test_a_relay_that_cannot_be_used_is_refused(
    command: Command, office: Path, words: tuple[str, ...], error: type[Invalid | Contradiction | Misconfigured]
) -> None:
    outcome = command("server", "mail", "relay", "mail.example.org", *words, "--data", office)
    assert outcome.code == error.exit_code
    assert "Traceback" not in outcome.err


def test_the_queue_shows_what_waits_and_why(command: Command, office: Path) -> None:
    queue(office, EVA, "tom@elsewhere.example")
    fail(office)
    shown = command("server", "mail", "queue", "--json", "--data", office).json()
    assert isinstance(shown, list)
    assert [(one["recipient"], one["state"], one["error"]) for one in shown] == [
        (EVA, "failed", "Nobody there."),
        ("tom@elsewhere.example", "failed", "Nobody there."),
    ]
    assert "Good morning" not in str(shown)
    assert "failed" in command("server", "mail", "queue", "--data", office).out


def test_failed_mail_is_retried_or_dropped(command: Command, office: Path) -> None:
    queue(office, EVA, "tom@elsewhere.example", "una@elsewhere.example")
    fail(office)
    assert command("server", "mail", "retry", "1", "--data", office).code == 0
    assert states(office) == [MailState.WAITING, MailState.FAILED, MailState.FAILED]
    assert command("server", "mail", "drop", "2", "--data", office).code == 0
    assert command("server", "mail", "retry", "--all", "--data", office).code == 0
    assert states(office) == [MailState.WAITING, MailState.WAITING]
    assert command("server", "mail", "drop", "2", "--data", office).code == NotFound.exit_code
    assert command("server", "mail", "retry", "--data", office).code == Missing.exit_code
    assert command("server", "mail", "retry", "1", "--all", "--data", office).code == Missing.exit_code


def test_notices_are_switched_by_two_words_only(command: Command, office: Path) -> None:
    assert command("server", "mail", "notices", "off", "--data", office).code == 0
    assert command("server", "mail", "notices", "on", "--data", office).code == 0
    assert command("server", "mail", "notices", "perhaps", "--data", office).code == Invalid.exit_code


def test_a_users_wishes_are_shown_and_changed(command: Command, office: Path) -> None:
    words = ("server", "mail", "wishes", "anna", "--data", office)
    assert command(*words).code == 0
    outcome = command(*words, "--no-changes", "--task-reminders")
    assert outcome.code == 0
    assert "--task-reminders" in outcome.out
    with Store.open(office) as store, store.reading() as tx:
        user = tx.principals.user_by_login("anna")
    assert user is not None
    assert user.notices == Notices(changes=False, task_reminders=True)
    assert command("server", "mail", "wishes", "nobody", "--data", office).code == NotFound.exit_code


def test_a_running_server_sends_what_waits(command: Command, server: MailServer, tmp_path: Path) -> None:
    ours = Server(tmp_path, zone="Europe/Paris")
    data = tmp_path / "server"
    use(command, data, server)
    queue(data, EVA)
    with ours:
        eventually(lambda: server.to(EVA), "the mail")
        queue(data, "tom@elsewhere.example")
        eventually(lambda: server.to("tom@elsewhere.example"), "the second mail")
    assert states(data) == []


def test_a_running_server_without_a_relay_warns_when_mail_waits(tmp_path: Path) -> None:
    with Server(tmp_path, zone="Europe/Berlin") as running:
        pass
    assert "no_mail_relay" not in running.log()
    queue(running.data, EVA)
    with running:
        eventually(lambda: "event='no_mail_relay' waiting=1" in running.log(), "the server warns")
