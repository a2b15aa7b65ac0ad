"""Mail leaves once, whatever the relay does; what cannot leave is tried again, and in the end reported."""

from __future__ import annotations

import ssl
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from passerelle.groupware.letters import Kind
from passerelle.groupware.mail_settings import Relay, Security
from passerelle.mail.sending import LEASE, PATIENCE, backoff, send_due
from passerelle.model.ids import UserId
from passerelle.store import Mail, MailState, Store
from tests.mail.conftest import SENDER, MailingOffice, use
from tests.support.certificates import make_certificate
from tests.support.smtp import MailServer

NOW = timedelta(0)
EVA = "eva@elsewhere.example"


def ready(subject: str = "Hello") -> bytes:
    message = EmailMessage()
    message["Subject"] = subject
    message["From"] = SENDER
    message["To"] = EVA
    message.set_content("Good morning.")
    return message.as_bytes()


def queue(office: MailingOffice, key: str = "one", recipient: str = EVA, login: str = "anna") -> None:
    with office.store.writing(office.user(login).id) as tx:
        tx.outbox.add(key, recipient, Kind.READY, ready(key))


def waiting(store: Store) -> list[Mail]:
    with store.reading() as tx:
        return list(tx.outbox.unsent())


def test_what_is_due_is_sent_once_over_one_connection(office: MailingOffice, server: MailServer, relay: Relay) -> None:
    queue(office, "one")
    queue(office, "two")
    assert office.post(NOW) == 2
    assert office.post() == 0
    assert [message["Subject"] for message in server.to(EVA)] == ["one", "two"]
    assert [one.sender for one in server.received] == [SENDER] * 2
    assert waiting(office.store) == []
    assert server.connections == 1


def test_without_a_relay_mail_waits(office: MailingOffice, server: MailServer, relay: Relay) -> None:
    use(office.store, None)
    queue(office)
    assert office.post() == 0
    use(office.store, relay)
    office.post()
    assert len(server.to(EVA)) == 1


def test_a_relay_that_is_away_gets_the_mail_when_it_is_back(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    server.close()
    queue(office, "one")
    queue(office, "two")
    office.post(NOW)
    assert [(mail.state, mail.attempts) for mail in waiting(office.store)] == [(MailState.WAITING, 1)] * 2
    assert "cannot be reached" in waiting(office.store)[0].error
    server.open()
    assert office.post(NOW) == 0
    office.post(backoff(1))
    assert len(server.to(EVA)) == 2


def test_a_recipient_that_is_put_off_is_tried_again_and_holds_up_nobody(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    server.answers["greylisted@example.com"] = "450 4.2.0 come again later"
    queue(office, "one", "greylisted@example.com")
    queue(office, "two")
    office.post(NOW)
    assert len(server.to(EVA)) == 1
    (mail,) = waiting(office.store)
    assert "450 4.2.0 come again later" in mail.error
    server.answers.clear()
    office.post(backoff(1))
    assert len(server.to("greylisted@example.com")) == 1
    assert waiting(office.store) == []


def test_a_recipient_that_is_refused_is_given_up_at_once_and_reported_once(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    server.answers[EVA] = "550 5.1.1 no such user"
    queue(office, login="carla")
    office.post(NOW)
    (mail,) = waiting(office.store)
    assert (mail.state, mail.attempts) == (MailState.FAILED, 1)
    (report,) = server.to("carla@example.org")
    assert report["Subject"].startswith("Nicht zugestellt")
    assert report["From"].addresses[0].addr_spec == SENDER
    body = report.get_body(("plain",))
    assert body is not None
    assert EVA in body.get_content()
    assert "550 5.1.1 no such user" in body.get_content()
    office.post(timedelta(days=10))
    assert len(server.to("carla@example.org")) == 1


def test_of_a_report_that_cannot_be_delivered_nobody_is_told(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    server.answers |= {EVA: "550 no", "anna@example.org": "550 no"}
    queue(office)
    office.post(NOW)
    office.post(timedelta(days=10))
    assert [mail.kind for mail in waiting(office.store)] == [Kind.READY, Kind.REPORT]
    assert server.received == []


def test_mail_that_never_gets_out_is_given_up_after_days_and_reported(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    server.answers[EVA] = "450 busy"
    queue(office)
    for _ in range(int(PATIENCE / timedelta(hours=4)) + 10):
        office.post(timedelta(hours=4))
    (mail,) = waiting(office.store)
    assert mail.state is MailState.FAILED
    assert 15 < mail.attempts < 30
    assert len(server.to("anna@example.org")) == 1


def test_mail_that_waited_too_long_for_a_relay_is_not_sent_and_not_reported(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    use(office.store, None)
    queue(office)
    office.post(PATIENCE + timedelta(hours=1))
    use(office.store, relay)
    office.post(NOW)
    (mail,) = waiting(office.store)
    assert (mail.state, server.received) == (MailState.FAILED, [])
    with office.store.writing(UserId(0)) as tx:
        tx.outbox.try_again(mail.id)
    office.post(NOW)
    assert len(server.to(EVA)) == 1


def test_a_message_that_the_relay_refuses_is_given_up(office: MailingOffice, server: MailServer, relay: Relay) -> None:
    server.at_data = "554 5.7.1 looks like spam"
    queue(office)
    office.post(NOW)
    assert "554 5.7.1 looks like spam" in waiting(office.store)[0].error


def test_a_relay_that_hangs_up_instead_of_answering_gets_the_same_message_again(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    session = office.session("anna")
    with office.store.writing(office.user("anna").id) as tx:
        tx.outbox.add("one", EVA, Kind.READY, ready())
    server.hangs_up = True
    office.post(NOW)
    assert [mail.state for mail in waiting(office.store)] == [MailState.WAITING]
    server.hangs_up = False
    office.post(backoff(1))
    first, second = server.to(EVA)
    assert first["Message-ID"] == second["Message-ID"]
    assert waiting(office.store) == []
    assert session.user.email == "anna@example.org"


def test_who_dies_while_sending_leaves_the_mail_to_others(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    queue(office)
    with office.store.writing(UserId(0)) as tx:
        tx.outbox.claim(5, LEASE)
    assert office.post(LEASE / 2) == 0
    assert office.post(LEASE / 2) == 1
    assert len(server.to(EVA)) == 1


def test_a_server_that_stops_gives_back_what_it_has_not_tried(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    queue(office)
    send_due(office.store, lambda: "", is_over=lambda: True)
    (mail,) = waiting(office.store)
    assert (mail.state, mail.attempts, server.received) == (MailState.WAITING, 0, [])


def test_a_mail_that_cannot_be_composed_holds_up_nobody(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    with office.store.writing(office.user("anna").id) as tx:
        tx.outbox.add("broken", EVA, Kind.NOTICE, b"{")
    queue(office, "fine")
    office.post(NOW)
    assert len(server.to(EVA)) == 1
    assert [mail.state for mail in waiting(office.store)] == [MailState.FAILED]


def test_people_with_addresses_in_any_script_get_mail(office: MailingOffice, server: MailServer, relay: Relay) -> None:
    queue(office, "one", "jörg@bücher.example")
    office.post(NOW)
    assert [one.recipient for one in server.received] == ["jörg@xn--bcher-kva.example"]


@pytest.mark.parametrize("login", ["", "anna"])
def test_a_password_goes_over_an_encrypted_connection_only(office: MailingOffice, tmp_path: Path, login: str) -> None:
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with MailServer(tls=context, password="secret" if login else None) as server:
        known = Relay(
            host="127.0.0.1", port=server.port, sender=SENDER, login=login, authority=str(certificate),
            security=Security.STARTTLS,
        )  # fmt: skip
        use(office.store, known)
        queue(office)
        office.post(NOW)
        assert len(server.to(EVA)) == 1


def test_a_relay_that_nobody_vouches_for_gets_no_mail(office: MailingOffice, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with MailServer(tls=context) as server:
        use(office.store, Relay(host="127.0.0.1", port=server.port, sender=SENDER))
        queue(office)
        office.post(NOW)
        assert server.received == []
    assert [mail.state for mail in waiting(office.store)] == [MailState.WAITING]


def test_a_relay_without_encryption_gets_no_mail_unless_that_is_chosen(
    office: MailingOffice, server: MailServer, relay: Relay
) -> None:
    use(office.store, Relay(host="127.0.0.1", port=server.port, sender=SENDER))
    queue(office)
    office.post(NOW)
    assert server.received == []
    assert [mail.state for mail in waiting(office.store)] == [MailState.WAITING]


def test_a_wrong_password_lets_mail_wait(office: MailingOffice, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    with MailServer(tls=context, password="another") as server:
        relay = Relay(host="127.0.0.1", port=server.port, sender=SENDER, login="anna", authority=str(certificate))
        use(office.store, relay)
        queue(office)
        office.post(NOW)
        assert server.received == []
    (mail,) = waiting(office.store)
    assert mail.state is MailState.WAITING
    assert "535" in mail.error
    assert "secret" not in mail.error
