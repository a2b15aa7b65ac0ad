"""Items leave as files, and contacts by mail, for who may read them."""

from __future__ import annotations

from email import message_from_bytes, policy

from playwright.sync_api import expect

from passerelle.groupware import mail_settings
from passerelle.groupware.mail_settings import Relay
from passerelle.groupware.provision import SYSTEM_USER
from passerelle.mail.compose import compose
from passerelle.model.folders import Module
from passerelle.model.items import Contact
from passerelle.store import Store
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor, serving_locally
from tests.groupware.office import MONDAY, Office, daily, meeting

SENDER = "groupware@example.org"


def with_relay(store: Store) -> None:
    with store.writing(SYSTEM_USER) as tx:
        mail_settings.use_relay(tx, Relay(host="mail.example.org", port=25, sender=SENDER))


def mail(office: Office) -> dict[str, str]:
    """What waits to be sent: the message to each address."""
    with office.store.reading() as tx:
        found = {one.recipient: compose(one, SENDER, one.created) for one in tx.outbox.unsent()}
    return {to: content.decode() for to, content in found.items() if content is not None}


def meyer(office: Office, **fields: str) -> dict[str, object]:
    place = office.default("anna", Module.CONTACTS)
    record = office.session("anna").create(place, Contact(first_name="Léa", last_name="Meyer", **fields))  # type: ignore[arg-type]  # texts
    return {"module": "contacts", "id": record.id, "folder": place}


def test_an_item_is_kept_as_a_file_a_series_whole(anna: Visitor, office: Office) -> None:
    card = anna.get("/items/file", **meyer(office, email1="lea@example.org"))
    assert card.headers["Content-Disposition"] == "attachment; filename*=UTF-8''L%C3%A9a%20Meyer.vcf"
    assert "EMAIL" in card.text
    session, place = office.session("anna"), office.default("anna")
    record = session.create(place, meeting("../Weekly", recurrence=daily(3)))
    session.change_occurrence(record.id, place, MONDAY, lambda _: {"title": "Special"})
    calendar = anna.get("/items/file", module="calendar", id=record.id, folder=place)
    assert calendar.text.count("BEGIN:VEVENT") == 2
    assert "%2FWeekly.ics" in calendar.headers["Content-Disposition"]


def test_nobody_gets_the_file_or_the_card_of_what_is_not_shown(bruno: Visitor, office: Office) -> None:
    with_relay(office.store)
    named = meyer(office)
    assert bruno.get("/items/file", **named).status_code == 404
    assert bruno.get("/contacts/sending", **named).status_code == 404
    assert bruno.post("/contacts/send", **named, participants="bruno@example.org").status_code == 404
    assert bruno.http.post(f"{bruno.url}/contacts/send", data=named).status_code == 403
    assert mail(office) == {}


def test_a_contact_is_sent_to_people_and_groups_as_a_card(anna: Visitor, office: Office) -> None:
    with_relay(office.store)
    named = meyer(office, company="Meyer & Söhne", email1="lea@example.org")
    sent = anna.post(
        "/contacts/send",
        **named,
        participants="Staff\nbruno@example.org\neva@elsewhere.example",
        message="As promised.",
    )
    assert sent.status_code == 204, sent.text
    found = mail(office)
    assert sorted(found) == ["bruno@example.org", "carla@example.org", "eva@elsewhere.example"]
    message = message_from_bytes(found["carla@example.org"].encode(), policy=policy.default)
    assert message["From"] == "Anna Arnold <anna@example.org>"
    assert message["Subject"] == "Kontakt: Léa Meyer"
    (card,) = message.iter_attachments()
    assert (card.get_content_type(), card.get_filename()) == ("text/vcard", "Léa Meyer.vcf")
    assert "lea@example.org" in str(card.get_content())
    body = message.get_body(("plain",))
    assert body is not None
    assert "As promised." in body.get_content()


def test_what_cannot_be_sent_is_said_and_nothing_leaves(anna: Visitor, office: Office) -> None:
    named = meyer(office)
    refused = anna.post("/contacts/send", **named, participants="eva@elsewhere.example")
    assert (refused.status_code, "No mail is sent" in refused.text) == (422, True)
    with_relay(office.store)
    for participants, why in (
        ("", "who is to get it"),
        ("Nobody Known", "Nobody is called"),
        ("Meeting room", "no mail"),
    ):
        refused = anna.post("/contacts/send", **named, participants=participants)
        assert (refused.status_code, why in refused.text) == (422, True), refused.text
    many = "\n".join(f"one{n}@elsewhere.example" for n in range(51))
    assert anna.post("/contacts/send", **named, participants=many).status_code == 422
    assert anna.post("/contacts/send", **named, participants="eva@e.example", message="x" * 2001).status_code == 422
    assert mail(office) == {}


def test_recipients_are_found_taken_out_and_what_is_only_typed_counts(window: Desk, office: Office) -> None:
    with_relay(office.store)
    meyer(office)
    page = window.page
    page.goto(f"{window.url}/contacts")
    page.get_by_role("button", name="Meyer").click()
    page.locator("dialog summary", has_text="More").click()
    page.get_by_role("button", name="Send by mail…").click()
    field = page.get_by_label("Name or mail address")
    field.press_sequentially("bru")
    expect(page.locator("#found-participants option")).to_have_count(1)
    for name in ("Bruno Blanc", "eva@elsewhere.example"):
        field.fill(name)
        field.press("Enter")
    window.check("contacts-sending-light")
    page.get_by_role("button", name="Remove Bruno Blanc").click()
    field.fill("Carla Čech")
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("2 addresses")
    assert sorted(mail(office)) == ["carla@example.org", "eva@elsewhere.example"]


def test_a_replica_hands_the_card_over_and_sends_nothing(office: Office) -> None:
    with_relay(office.store)
    named = meyer(office, email1="lea@example.org")
    with serving_locally(office) as (url, doors), Visitor(url) as visitor:
        visitor.get(doors.invite())
        page = visitor.get("/contacts/sending", **named).text
        assert "mailto:?subject=Contact%3A%20L%C3%A9a%20Meyer&amp;body=First%20name" in page
        assert "hx-get" not in page.partition("</header>")[2]
        assert "BEGIN:VCARD" in visitor.get("/items/file", **named).text
