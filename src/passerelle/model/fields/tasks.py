"""The fields of tasks (manual, appendix B; OX reference, sections 11 and 12)."""

from __future__ import annotations

from passerelle.model.fields.field import NOTE, Field, FieldType, Kind, Table

_row = Table(Kind.TASK).row
_NOT_SYNCHRONISED = "not synchronised"

# fmt: off
TASK_FIELDS: tuple[Field, ...] = (
    _row("participants", "participants", "ATTENDEE", row="1", outlook="Task: To",
         ox="Participants: Participants", mapi="PidTagMessageRecipients 0x0E12", type=FieldType.PEOPLE),
    _row("title", "title", "SUMMARY", row="2", max_length=255, outlook="Task: Subject", ox="Task: Subject",
         mapi="PidTagSubject 0x0037"),
    _row("due", "end_date", "DUE", row="3", outlook="Task: Due date", ox="Task: Due date",
         mapi="PidLidTaskDueDate 0x8105", type=FieldType.MOMENT),
    _row("start", "start_date", "DTSTART", row="4", outlook="Task: Start date", ox="Task: Start date",
         mapi="PidLidTaskStartDate 0x8104", type=FieldType.MOMENT),
    _row("status", "status", "STATUS + X-", row="5-9",
         outlook="Task: Status | Not started In progress Completed Waiting on someone else Deferred",
         ox="Task: Status | not started in progress done waiting deferred", mapi="PidLidTaskStatus 0x8101",
         type=FieldType.CHOICE),
    _row("priority", "priority", "PRIORITY", row="10", outlook="Task: Priority", ox="Task: Priority",
         mapi="PidTagImportance 0x0017", type=FieldType.CHOICE),
    _row("percent", "percent_completed", "PERCENT-COMPLETE", row="11", outlook="Task: % complete",
         ox="Task: % accomplished", mapi="PidLidPercentComplete 0x8102", type=FieldType.NUMBER),
    _row("", "alarm_flag", "VALARM", row="12", outlook="Task: Reminder", ox="Task: Remind me",
         mapi="PidLidReminderSet 0x8503", type=FieldType.YES_NO),
    _row("alarm", "alarm", "VALARM", row="12", outlook="Task: Reminder", ox="Task: Remind me",
         mapi="PidLidReminderTime 0x8502", type=FieldType.REMINDER),
    _row("note", "note", "DESCRIPTION", max_length=NOTE, row="13", outlook="Task: Notes field", ox="Task: Comments",
         mapi="PidTagBody + PidTagHtml + PidTagRtfCompressed 0x1000 0x1013 0x1009"),
    _row("", "attachments", "ATTACH", row="14", outlook="Task: Files in the notes field",
         ox="Attachments: Attachments", mapi="PidTagMessageAttachments 0x0E13", type=FieldType.FILES),
    _row("contacts", "", "CONTACT", row="15", outlook="Task: Contacts", mapi="PidLidContactLinkName 0x8586",
         manual=_NOT_SYNCHRONISED),
    _row("categories", "categories", "CATEGORIES", row="16", outlook="Task: Categories", ox="Task: Tags",
         mapi="PidNameKeywords Keywords", type=FieldType.WORDS),
    _row("private", "private_flag", "CLASS", row="17", outlook="Task: Private", ox="Task: Type",
         mapi="PidLidPrivate + PidTagSensitivity 0x8506 0x0036", type=FieldType.YES_NO),
    _row("completed", "date_completed", "COMPLETED", row="18", outlook="Details: Date completed",
         mapi="PidLidTaskDateCompleted 0x810F", manual=_NOT_SYNCHRONISED, type=FieldType.INSTANT),
    _row("target_duration", "target_duration", "ESTIMATED-DURATION", row="19", outlook="Details: Total work",
         ox="Details: Estimated duration", mapi="PidLidTaskEstimatedEffort 0x8111", type=FieldType.NUMBER),
    _row("actual_duration", "actual_duration", "X-", row="20", outlook="Details: Actual work",
         ox="Details: Actual duration", mapi="PidLidTaskActualEffort 0x8110", type=FieldType.NUMBER),
    _row("companies", "companies", "X-", row="21", outlook="Details: Companies", ox="Details: Companies",
         mapi="PidLidCompanies 0x8539"),
    _row("trip_meter", "trip_meter", "X-", row="22", outlook="Details: Mileage", ox="Details: Distance",
         mapi="PidLidMileage 0x8534"),
    _row("billing_information", "billing_information", "X-", row="23", outlook="Details: Billing information",
         ox="Details: Billing information", mapi="PidLidBilling 0x8535"),
    _row("recurrence", "recurrence_type", "RRULE", row="1.3", outlook="Task: Recurrence", ox="Task: Series",
         mapi="PidLidTaskRecurrence 0x8116", type=FieldType.SERIES, manual="planned"),
    _row("recurrence", "interval", "RRULE", row="1.3", type=FieldType.SERIES),
    _row("recurrence", "days", "RRULE", row="1.3", type=FieldType.SERIES),
    _row("recurrence", "day_in_month", "RRULE", row="1.3", type=FieldType.SERIES),
    _row("recurrence", "month", "RRULE", row="1.3", type=FieldType.SERIES),
    _row("recurrence", "until", "RRULE", row="1.3", type=FieldType.SERIES),
    _row("recurrence", "occurrences", "RRULE", row="1.3", type=FieldType.SERIES),
    # What OX, iCalendar and the model have besides the manual's rows.
    _row("uid", "", "UID"),
    _row("note_html", "", "X-ALT-DESC", max_length=NOTE, mapi="PidTagHtml 0x1013"),
    _row("color_label", "color_label", "", type=FieldType.NUMBER, answered=False),
    _row("target_costs", "target_costs", "X-", ox="Details: Estimated costs", type=FieldType.DECIMAL),
    _row("actual_costs", "actual_costs", "X-", ox="Details: Actual costs", type=FieldType.DECIMAL),
    _row("currency", "currency", "X-", ox="Details: Currency"),
    _row("organizer", "", "ORGANIZER", mapi="PidLidTaskOwner 0x811F", type=FieldType.PEOPLE),
    _row("url", "", "URL"),
    _row("location", "", "LOCATION"),
    _row("sequence", "", "SEQUENCE", mapi="PidLidTaskVersion 0x8112", type=FieldType.NUMBER),
    _row("", "recurrence_position", "", type=FieldType.NUMBER, accepted=False),
    _row("", "recurrence_id", "", type=FieldType.NUMBER, accepted=False),
)
"""The rows of the manual in its order, then what OX and the model have besides."""
# fmt: on
