"""Habits of contacts, distribution lists and tasks: section 5 of the reference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from passerelle.peers.outlook.constants import (
    ComCode,
    ItemType,
    MailingAddress,
    RecurrenceType,
    TaskDelegationState,
    TaskOwnership,
    TaskStatus,
)
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.reference import mapi
from tests.outlook_double.desk import Desk, wall
from tests.outlook_double.habits import Habits


def code(call: Any, *arguments: object) -> int:
    """What a call is refused with."""
    with pytest.raises(ComError) as refused:
        call(*arguments)
    return code_of(refused.value)


@pytest.fixture
def contact(desk: Desk) -> Any:
    item: Any = desk.contacts.Items.Add()
    item.FirstName, item.LastName = "Dora", "Damm"
    return item


@pytest.fixture
def task(desk: Desk) -> Any:
    item: Any = desk.tasks.Items.Add()
    item.Subject = "Bericht"
    return item


def test_a_full_name_is_made_of_its_parts_and_taken_apart(contact: Any) -> None:
    assert contact.FullName == "Dora Damm"
    contact.FullName = "Dr. Emil Otto Ernst"
    parts = (contact.Title, contact.FirstName, contact.MiddleName, contact.LastName)
    assert parts == ("Dr.", "Emil", "Otto", "Ernst")


def test_a_contact_is_filed_by_its_last_name_unless_one_says_otherwise(contact: Any) -> None:
    contact.Save()
    assert (contact.FileAs, contact.Subject) == ("Damm, Dora", "Dora Damm")


def test_an_address_is_shown_with_the_name(contact: Any) -> None:
    contact.Email1Address = "dora@example.org"
    assert contact.Email1DisplayName == "Dora Damm (dora@example.org)"
    assert contact.Email1AddressType == "SMTP"


def test_the_address_for_letters_is_one_of_the_three(contact: Any) -> None:
    contact.HomeAddressCity = "Köln"
    assert (contact.SelectedMailingAddress, contact.MailingAddressCity) == (MailingAddress.Home, "Köln")
    contact.SelectedMailingAddress = MailingAddress.Business
    contact.MailingAddressCity = "Bonn"
    assert (contact.BusinessAddressCity, contact.HomeAddressCity) == ("Bonn", "Köln")


def test_a_picture_is_an_attachment_of_a_certain_name(contact: Any, tmp_path: Path) -> None:
    (tmp_path / "dora.jpg").write_bytes(b"\xff\xd8\xff")
    contact.AddPicture(str(tmp_path / "dora.jpg"))
    contact.AddPicture(str(tmp_path / "dora.jpg"))
    contact.Save()
    assert contact.HasPicture
    assert (contact.Attachments.Count, contact.Attachments.Item(1).FileName) == (1, "ContactPicture.jpg")
    assert contact.PropertyAccessor.GetProperty(mapi()["PidLidHasPicture"].schema) is True
    contact.RemovePicture()
    assert not contact.HasPicture
    assert code(contact.AddPicture, str(tmp_path / "none.jpg")) != 0


def test_a_character_stands_for_a_file_in_the_text(task: Any, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_bytes(b"plan")
    for name, value in (("Body", "Text"), ("RTFBody", rb"{\rtf1\ansi\pard Text\par}")):
        setattr(task, name, value)
        task.Attachments.Add(str(tmp_path / "plan.txt"))
        task.Save()
        assert task.Body.rstrip() == " Text"
        assert (rb"\objattph" in bytes(task.RTFBody)) is (name == "RTFBody")
        task.Attachments.Item(1).Delete()
        assert (task.Body.rstrip(), task.Attachments.Count) == ("Text", 0)


def test_a_birthday_makes_an_entry_in_the_calendar_once(desk: Desk, contact: Any) -> None:
    contact.Birthday = wall(24)
    contact.Save()
    contact.Save()
    (entry,) = [desk.calendar.Items.Item(number + 1) for number in range(desk.calendar.Items.Count)]
    shown: Any = entry
    assert (shown.Subject, shown.AllDayEvent, shown.IsRecurring) == ("Geburtstag von Dora Damm", True, True)
    assert (shown.Start, shown.GetRecurrencePattern().RecurrenceType) == (wall(24), RecurrenceType.Yearly)


def test_or_does_not_if_one_says_so() -> None:
    desk = Desk(Habits(birthday_entries=False))
    item: Any = desk.contacts.Items.Add()
    item.Birthday = wall(24)
    item.Save()
    assert desk.calendar.Items.Count == 0


def test_children_are_words_with_the_separator_between_them(contact: Any) -> None:
    contact.Children = "Eva;Fritz"
    assert contact.Children == "Eva; Fritz"


def test_a_list_has_members_that_outlook_has_resolved(desk: Desk) -> None:
    item: Any = desk.contacts.Items.Add(ItemType.DistributionListItem)
    item.DLName = "Team"
    stranger = desk.session.CreateRecipient("Niemand")
    assert code(item.AddMember, stranger) == ComCode.INVALID_ARGUMENT
    for address in ("bruno@example.org", "carla@example.org", "bruno@example.org"):
        recipient = desk.session.CreateRecipient(address)
        recipient.Resolve()
        item.AddMember(recipient)
    item.Save()
    assert (item.MemberCount, item.Subject, item.GetMember(3)) == (2, "Team", None)
    item.RemoveMember(item.GetMember(1))
    assert item.GetMember(1).Address == "carla@example.org"


def test_days_of_a_task_have_no_time_and_do_not_cross(task: Any) -> None:
    task.DueDate = wall(3, 17)
    assert task.DueDate == wall(3)
    task.StartDate = wall(5)
    assert task.DueDate == wall(5)
    task.DueDate = wall(4)
    assert task.StartDate == wall(4)


def test_status_percentage_and_completion_follow_one_another(desk: Desk, task: Any) -> None:
    task.PercentComplete = 30
    assert task.Status == TaskStatus.InProgress
    task.Status = TaskStatus.Waiting
    task.PercentComplete = 40
    assert task.Status == TaskStatus.Waiting
    task.PercentComplete = 100
    assert (task.Status, task.Complete, task.DateCompleted) == (TaskStatus.Complete, True, wall(30, month=11))
    task.Status = TaskStatus.NotStarted
    assert (task.PercentComplete, task.Complete, task.DateCompleted.year) == (0, False, 4501)


def test_a_recurring_task_that_is_done_makes_a_new_one(desk: Desk, task: Any) -> None:
    task.DueDate = wall(1)
    pattern = task.GetRecurrencePattern()
    pattern.RecurrenceType = RecurrenceType.Weekly
    task.Save()
    task.MarkComplete()
    items: list[Any] = [desk.tasks.Items.Item(number + 1) for number in range(desk.tasks.Items.Count)]
    assert [(each.DueDate, each.Complete, each.IsRecurring) for each in items] == [
        (wall(1), True, False),
        (wall(8), False, True),
    ]


def test_a_task_can_be_given_to_somebody(desk: Desk, task: Any) -> None:
    task.Assign()
    task.Recipients.Add("bruno@example.org")
    task.Send()
    assert (task.Owner, task.Ownership) == ("bruno@example.org", TaskOwnership.DelegatedTask)
    assert task.DelegationState == TaskDelegationState.Unknown
    assert desk.machine.sent == [("IPM.TaskRequest", "Bericht")]


def test_a_percentage_is_a_share_in_mapi(task: Any) -> None:
    task.PercentComplete = 25
    assert task.PropertyAccessor.GetProperty(mapi()["PidLidPercentComplete"].schema) == 0.25


def test_an_occurrence_of_a_task_can_be_skipped(task: Any) -> None:
    task.DueDate = wall(1)
    task.GetRecurrencePattern().Occurrences = 2
    task.Save()
    assert task.SkipRecurrence()
    assert task.DueDate == wall(8)
    assert not task.SkipRecurrence()
