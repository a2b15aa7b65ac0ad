"""What each letter says: subject, first sentence, facts, and why one gets it."""

from __future__ import annotations

import msgspec

from passerelle.groupware.describing import title as name_of
from passerelle.groupware.letters import Audience, Card, Notice, Reason, Reminder, Report, Version
from passerelle.groupware.notices.deltas import What, answers, what
from passerelle.mail.dates import said_instant, said_span
from passerelle.mail.facts import Fact, facts, said_answer
from passerelle.mail.page import Page
from passerelle.model.items import Appointment, Task
from passerelle.model.participants import Answer
from passerelle.model.text import Text, from_stored


def of_notice(notice: Notice) -> Page | None:
    """The page of a notice; None if there is nothing to tell (any more)."""
    happened, version = what(notice.before, notice.after), notice.after or notice.before
    if happened is None or version is None:
        return None
    if notice.audience is Audience.ORGANIZER:
        return _reply(notice, version)
    title, name = version.item.title or "", notice.actor.name or notice.actor.mail
    is_task = isinstance(version.item, Task)
    if notice.audience is Audience.EXTERNAL:
        subject, sentence = _to_outside(happened, title, name, is_task=is_task)
    else:
        subject, sentence = (
            _subject(happened, title, is_task=is_task),
            _sentence(happened, title, name, is_task=is_task),
        )
    if happened is What.ANSWERED and notice.before is not None:
        told = _answered(notice.before, version, notice.recipient.zone)
    else:
        told = facts(version, notice.before, notice.recipient, notice.organizer)
    return Page(subject=subject, sentence=sentence, facts=told, footer=_why(notice))


def of_reminder(reminder: Reminder) -> Page:
    """The page of a reminder."""
    title = reminder.item.title or ""
    told = facts(Version(item=reminder.item), None, reminder.recipient, reminder.organizer)
    footer = Text("You get this mail because you chose to be reminded by mail.")
    match reminder.reason:
        case Reason.DUE:
            subject, sentence = Text("Due today: {title}", title=title), Text("“{title}” is due today.", title=title)
        case Reason.OVERDUE:
            subject, sentence = Text("Overdue: {title}", title=title), Text("“{title}” is overdue.", title=title)
        case _:
            subject, sentence = Text("Reminder: {title}", title=title), Text("Reminder: {title}", title=title)
    return Page(subject=subject, sentence=sentence, facts=told, footer=footer)


def of_report(report: Report) -> Page:
    """The page that tells of a mail that could not be delivered."""
    reader = report.recipient
    return Page(
        subject=Text("Not delivered: {title}", title=report.title),
        sentence=Text("A mail to {address} could not be delivered.", address=report.failed),
        facts=(
            Fact(Text("Subject"), (report.title,)),
            Fact(Text("Reason"), (from_stored(report.reason),)),
            Fact(Text("Written"), (said_instant(report.at, reader.zone),)),
        ),
        footer=Text("Tell the recipient in another way, or check the address. The mail is not tried again."),
    )


def of_card(card: Card) -> Page:
    """The page of a contact that is sent, which hangs on the mail."""
    contact, sender = card.contact, card.sender.name or card.sender.mail
    known = (
        (Text("Company"), contact.company),
        (Text("E-mail"), contact.email1),
        (Text("Phone, business"), contact.phone_business),
        (Text("Mobile"), contact.mobile),
    )
    return Page(
        subject=Text("Contact: {title}", title=name_of(contact)),
        sentence=Text("{name} sends you the contact “{title}”.", name=sender, title=name_of(contact)),
        message=card.message,
        facts=tuple(Fact(label, (value,)) for label, value in known if value),
        footer=Text("The card hangs on this mail; open it to keep it in your address book."),
    )


def _subject(happened: What, title: str, *, is_task: bool) -> Text:
    match happened:
        case What.NEW:
            new = Text("New appointment: {title}", title=title)
            return Text("New task: {title}", title=title) if is_task else new
        case What.CHANGED:
            changed = Text("Changed appointment: {title}", title=title)
            return Text("Changed task: {title}", title=title) if is_task else changed
        case What.CANCELLED:
            cancelled = Text("Cancelled appointment: {title}", title=title)
            return Text("Cancelled task: {title}", title=title) if is_task else cancelled
        case What.ANSWERED:
            return Text("Answer: {title}", title=title)


def _sentence(happened: What, title: str, name: str, *, is_task: bool) -> Text:
    match happened:
        case What.NEW:
            new = Text("{name} has entered the appointment “{title}” for you.", name=name, title=title)
            return Text("{name} has given you the task “{title}”.", name=name, title=title) if is_task else new
        case What.CHANGED:
            changed = Text("{name} has changed the appointment “{title}”.", name=name, title=title)
            return Text("{name} has changed the task “{title}”.", name=name, title=title) if is_task else changed
        case What.CANCELLED:
            gone = Text("{name} has cancelled the appointment “{title}” for you.", name=name, title=title)
            return Text("{name} has taken the task “{title}” from you.", name=name, title=title) if is_task else gone
        case What.ANSWERED:
            return Text("There are answers to “{title}”.", title=title)


def _to_outside(happened: What, title: str, name: str, *, is_task: bool) -> tuple[Text, Text]:
    match happened:
        case What.NEW:
            invites = Text("{name} invites you to “{title}”.", name=name, title=title)
            gives = Text("{name} asks you to take on the task “{title}”.", name=name, title=title)
            return Text("Invitation: {title}", title=title), gives if is_task else invites
        case What.CANCELLED:
            sentence = Text("{name} has cancelled “{title}”, or you are no longer invited.", name=name, title=title)
            return Text("Cancelled: {title}", title=title), sentence
        case _:
            return Text("Updated: {title}", title=title), Text("{name} has changed “{title}”.", name=name, title=title)


def _reply(notice: Notice, version: Version) -> Page:
    title, who = version.item.title or "", notice.answering or notice.actor
    name = who.name or who.mail
    match notice.answer:
        case Answer.ACCEPTED:
            subject = Text("Accepted: {title}", title=title)
            sentence = Text("{name} has accepted your invitation to “{title}”.", name=name, title=title)
        case Answer.DECLINED:
            subject = Text("Declined: {title}", title=title)
            sentence = Text("{name} has declined your invitation to “{title}”.", name=name, title=title)
        case Answer.TENTATIVE:
            subject = Text("Tentative: {title}", title=title)
            sentence = Text("{name} has accepted your invitation to “{title}” tentatively.", name=name, title=title)
        case _:
            subject = Text("Undecided: {title}", title=title)
            sentence = Text("{name} is undecided again about your invitation to “{title}”.", name=name, title=title)
    told = facts(msgspec.structs.replace(version, files=()), None, notice.recipient, notice.organizer)
    return Page(subject=subject, sentence=sentence, message=notice.message, facts=told, footer=_why(notice))


def _answered(before: Version, after: Version, zone: str) -> tuple[Fact, ...]:
    """Who answered what, and when the item takes place."""
    old = answers(before)
    new = tuple(
        said_answer(one) for one in after.item.participants if old.get(one.identity) != (one.answer, one.message)
    )
    item = after.item
    when = (Fact(Text("When"), (said_span(item.when, zone),)),) if isinstance(item, Appointment) else ()
    return (Fact(Text("Answers"), new), *when)


def _why(notice: Notice) -> Text:
    match notice.audience:
        case Audience.EXTERNAL:
            return Text(
                "You get this mail because {name} invited you.", name=notice.organizer.name or notice.organizer.mail
            )
        case Audience.ORGANIZER:
            return Text("You get this mail because you sent the invitation.")
        case Audience.INTERNAL:
            return Text("You get this mail because you take part, or because it is in your folder.")
