"""Makes a message (RFC 5322) of a letter in the outbox; for people elsewhere one of iMIP (RFC 6047).

The same letter always gets the same ``Message-ID``, so that a message that was sent twice can be recognised. No value
can bring a header of its own: line ends and control characters are taken out.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, localtime, make_msgid

import msgspec

from passerelle.groupware.describing import title
from passerelle.groupware.letters import Kind, Party, read_card, read_notice, read_reminder, read_report
from passerelle.mail.itip import Method, calendar_of, method_of
from passerelle.mail.page import Page, Said, say
from passerelle.mail.wording import of_card, of_notice, of_reminder, of_report
from passerelle.model.text import Text
from passerelle.store import Mail
from passerelle.wire import vcard

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_UNFIT_IN_NAMES = re.compile(r"[^\w .,()&+@-]+")
_LONGEST_NAME = 100
_NAME = "Passerelle"


def compose(mail: Mail, sender: str, now: datetime) -> bytes | None:
    """The message of a mail that leaves in the name of ``sender``; None if there is nothing to say any more."""
    match Kind(mail.kind):
        case Kind.READY:
            return mail.content
        case Kind.NOTICE:
            return _notice(mail, sender)
        case Kind.CARD:
            return _card(mail, sender)
        case Kind.REMINDER:
            reminder = read_reminder(mail.content)
            if reminder.until < now:
                return None
            said = say(of_reminder(reminder), reminder.recipient.locale)
            return _signed(_message(said, mail.recipient), mail, sender, reminder.recipient, mail.created)
        case Kind.REPORT:
            report = read_report(mail.content)
            said = say(of_report(report), report.recipient.locale)
            return _signed(_message(said, mail.recipient), mail, sender, report.recipient, report.at)


def compose_test(recipient: str, sender: str, locale: str = "en") -> bytes:
    """A message with which an administrator finds out whether mail leaves."""
    page = Page(
        subject=Text("Test mail from Passerelle"),
        sentence=Text("Mail leaves this server."),
        footer=Text("An administrator has asked for this mail."),
    )
    message = _message(say(page, locale), recipient)
    message["From"] = address(sender, _NAME)
    message["Date"] = localtime()
    message["Message-ID"] = make_msgid(domain=_domain(sender))
    return message.as_bytes()


def title_of(mail: Mail) -> str:
    """The subject of a mail, in the language of who caused it as far as that is known; empty where there is none."""
    try:
        return _title(mail)
    except msgspec.MsgspecError:  # written by a version that knew other letters
        return ""


def _title(mail: Mail) -> str:
    match Kind(mail.kind):
        case Kind.NOTICE:
            notice = read_notice(mail.content)
            page = of_notice(notice)
            return "" if page is None else say(page, notice.actor.locale).subject
        case Kind.REMINDER:
            reminder = read_reminder(mail.content)
            return say(of_reminder(reminder), reminder.recipient.locale).subject
        case Kind.REPORT:
            report = read_report(mail.content)
            return say(of_report(report), report.recipient.locale).subject
        case Kind.CARD:
            card = read_card(mail.content)
            return say(of_card(card), card.sender.locale).subject
        case Kind.READY:
            return ""


def address(mail: str, name: str = "") -> Address:
    """A mailbox for a header; an international domain is written in ASCII (RFC 5891)."""
    local, _, domain = _clean(mail).rpartition("@")
    return Address(display_name=_clean(name), username=local, domain=ascii_domain(domain))


def ascii_domain(domain: str) -> str:
    """A domain as the domain name system writes it; one that cannot be a domain stays as it is."""
    try:
        return domain if domain.isascii() else domain.encode("idna").decode()
    except UnicodeError:
        return domain


def _notice(mail: Mail, sender: str) -> bytes | None:
    notice = read_notice(mail.content)
    page = of_notice(notice)
    if page is None:
        return None
    message = _message(say(page, notice.recipient.locale), mail.recipient, notice.recipient.name)
    method = method_of(notice)
    if method is not None:
        _add_calendar(message, calendar_of(notice, method), method)
    writer = notice.answering or notice.actor
    if notice.organizer.mail and notice.organizer.mail != mail.recipient:
        message["Reply-To"] = address(notice.organizer.mail, notice.organizer.name)
    thread = f"<{_digest(f'{notice.subject}/{mail.recipient}')}@{_domain(sender)}>"
    if notice.before is not None:
        message["In-Reply-To"] = thread
    message["References"] = thread
    return _signed(message, mail, sender, writer, notice.at, is_written=True)


def _card(mail: Mail, sender: str) -> bytes:
    card = read_card(mail.content)
    message = _message(say(of_card(card), card.recipient.locale), mail.recipient, card.recipient.name)
    name = _UNFIT_IN_NAMES.sub("_", title(card.contact))[:_LONGEST_NAME] or "contact"
    message.add_attachment(vcard.write([card.contact]), maintype="text", subtype="vcard", filename=f"{name}.vcf")
    return _signed(message, mail, sender, card.sender, card.at, is_written=True)


def _message(said: Said, recipient: str, name: str = "") -> EmailMessage:
    """A message to one recipient with a text and a page."""
    message = EmailMessage(policy=SMTP if recipient.rpartition("@")[0].isascii() else SMTPUTF8)
    message["To"] = address(recipient, name)
    message["Subject"] = _clean(said.subject)
    message.set_content(said.text, cte="quoted-printable")
    message.add_alternative(said.html, subtype="html", cte="quoted-printable")
    return message


def _add_calendar(message: EmailMessage, calendar: bytes, method: Method) -> None:
    """Add the calendar as a form of the message (RFC 6047, section 2.4), and as the file that Outlook looks for."""
    params = {"method": str(method)}
    message.add_alternative(calendar.decode(), subtype="calendar", cte="base64", params=params)
    message.add_attachment(calendar, maintype="application", subtype="ics", filename="invite.ics")


def _signed(
    message: EmailMessage, mail: Mail, sender: str, writer: Party, at: datetime, *, is_written: bool = False
) -> bytes:
    """The message with who sends it and when; ``is_written`` if the writer did something to cause it.

    In the name of people elsewhere nothing is sent: their own mail servers would disown it (RFC 7208, RFC 7489).
    """
    if is_written and writer.mail and writer.user is not None:
        message["From"] = address(writer.mail, writer.name)
        message["Sender"] = address(sender)
    else:
        message["From"] = address(sender, writer.name if is_written else _NAME)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{_digest(mail.key)}@{_domain(sender)}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation notice answers it
    message["X-Auto-Response-Suppress"] = "OOF, AutoReply"  # the same for Exchange
    return message.as_bytes()


def _clean(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:40]


def _domain(sender: str) -> str:
    return ascii_domain(sender.rpartition("@")[2])
