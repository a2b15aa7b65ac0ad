"""Contacts and distribution lists (section 5)."""

from __future__ import annotations

from io import BytesIO

from passerelle.peers.outlook.constants import ComCode, DefaultFolder, MailingAddress, RecurrenceType
from passerelle.peers.outlook.mapping.files import written
from passerelle.peers.outlook.objects import Folder
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Check, Part, Question, ask
from passerelle.peers.outlook.selftest.samples import PICTURE
from passerelle.peers.outlook.selftest.scratch import OURS, ours_in
from passerelle.peers.outlook.selftest.verdicts import Findings, found, refusal, refused


def _names(bench: Bench) -> Findings:
    contact = bench.contact()
    yield found("full-name", "the whole name of a first and a last name", contact.FullName, "Dora Damm")
    contact.Save()
    yield found("file-as", "saved: FileAs, Subject", (contact.FileAs, contact.Subject), ("Damm, Dora", "Dora Damm"))
    contact.FullName = "Dr. Emil Otto Ernst"
    parts = contact.Title, contact.FirstName, contact.MiddleName, contact.LastName
    yield found("full-name", "set the whole name: its parts", parts, ("Dr.", "Emil", "Otto", "Ernst"))


def _addresses(bench: Bench) -> Findings:
    contact = bench.contact()
    contact.Email1Address = "dora@selftest.invalid"
    came = contact.Email1DisplayName, contact.Email1AddressType
    wanted = "Dora Damm (dora@selftest.invalid)", "SMTP"
    yield found("mail-shown-with-name", "set a mail address: how it is shown, its kind", came, wanted)
    contact.HomeAddressCity = "Köln"
    chosen = contact.SelectedMailingAddress, contact.MailingAddressCity
    yield found(
        "mailing-address",
        "set a city at home: which address is for letters, its city",
        chosen,
        (MailingAddress.Home, "Köln"),
    )
    contact.SelectedMailingAddress = int(MailingAddress.Business)
    contact.MailingAddressCity = "Bonn"
    cities = contact.BusinessAddressCity, contact.HomeAddressCity
    yield found(
        "mailing-address", "chose the business one, and set the city for letters: both cities", cities, ("Bonn", "Köln")
    )


def _picture(bench: Bench) -> Findings:
    contact = bench.contact()
    for _ in range(2):
        with written("dora.png", BytesIO(PICTURE), bench.context) as path:
            contact.AddPicture(path)
    contact.Save()
    came = contact.HasPicture, contact.Attachments.Count, contact.Attachments.Item(1).FileName
    yield found(
        "picture-is-attachment",
        "gave a picture twice: has one, attachments, name",
        came,
        (True, 1, "ContactPicture.jpg"),
    )
    contact.RemovePicture()
    yield found("picture-is-attachment", "took it away: has one", contact.HasPicture, expected=False)


def _children(bench: Bench) -> Findings:
    contact, separator = bench.contact(), bench.surroundings.separator
    contact.Children = f"Eva{separator}Fritz"
    yield found("children-separated", "set two children", contact.Children, f"Eva{separator} Fritz")


def _members(bench: Bench) -> Findings:
    group = bench.group()
    stranger = bench.session.CreateRecipient(f"{OURS} nobody")
    wanted = refused(ComCode.INVALID_ARGUMENT)
    yield found(
        "members-resolved", "put an unresolved name on a list", refusal(lambda: group.AddMember(stranger)), wanted
    )
    for name in ("bob", "carol", "bob"):
        recipient = bench.session.CreateRecipient(f"{name}@selftest.invalid")
        recipient.Resolve()
        group.AddMember(recipient)
    group.Save()
    came = group.MemberCount, group.Subject, group.GetMember(3) is None
    yield found(
        "members-once", "put three on it, two of them alike: members, subject, none at 3", came, (2, "Team", True)
    )


def _birthday(bench: Bench) -> Findings:
    """Outlook writes into the default calendar, whatever folder the contact is in; what it wrote is taken away."""
    contact = bench.contact()
    contact.LastName = OURS
    contact.Birthday = bench.at(0).replace(year=1980)
    contact.Save()
    contact.Save()
    calendar: Folder = bench.session.GetDefaultFolder(int(DefaultFolder.Calendar))
    entries = list(ours_in(calendar))
    yield found("birthday-entry", "gave a contact a birthday, saved twice: entries in your calendar", len(entries), 1)
    for entry in entries[:1]:
        pattern = entry.GetRecurrencePattern() if entry.IsRecurring else None
        came = entry.AllDayEvent, pattern.RecurrenceType if pattern else None
        yield found("birthday-entry", "the entry: a whole day, how it repeats", came, (True, RecurrenceType.Yearly))


PART = Part(
    "Contacts",
    (
        ask(
            _names,
            full_name="A whole name is made of its parts, and taken apart.",
            file_as="A contact is filed by the last name.",
        ),
        ask(
            _addresses,
            mail_shown_with_name="A mail address is shown with the name.",
            mailing_address="The address for letters is one of the three others.",
        ),
        ask(_picture, picture_is_attachment="A picture is the attachment ContactPicture.jpg."),
        ask(_children, children_separated="Children are words with the list separator between them."),
        ask(
            _members,
            members_resolved="A list takes only members that Outlook has resolved.",
            members_once="A list has each member once.",
        ),
        Check(
            _birthday,
            (Question("birthday-entry", "A birthday makes an entry in the default calendar, once."),),
            in_own_folders=True,
        ),
    ),
)
