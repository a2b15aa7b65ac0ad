"""The fields of appointments (manual, appendix B; OX reference, sections 10 and 11)."""

from __future__ import annotations

from passerelle.model.fields.field import NOTE, Field, FieldType, Kind, Table

_row = Table(Kind.APPOINTMENT).row
_NOT_SYNCHRONISED = "not synchronised"

# fmt: off
APPOINTMENT_FIELDS: tuple[Field, ...] = (
    _row("participants", "participants", "ATTENDEE", row="1", outlook="Appointment: To",
         ox="Participants: Participants / Resources", mapi="PidTagMessageRecipients 0x0E12",
         type=FieldType.PEOPLE),
    _row("title", "title", "SUMMARY", row="2", outlook="Appointment: Subject",
         ox="Appointment: Description", mapi="PidTagSubject 0x0037", max_length=255),
    _row("location", "location", "LOCATION", row="3", outlook="Appointment: Location",
         ox="Appointment: Location", mapi="PidLidLocation 0x8208"),
    _row("color_label", "color_label", "COLOR / X-MICROSOFT-CDO-…", row="4",
         outlook="Appointment: Calendar label", ox=": Flags (calendar view)",
         mapi="PidLidAppointmentColor 0x8214", manual="OX only", type=FieldType.NUMBER),
    _row("when", "start_date", "DTSTART", row="5", outlook="Appointment: Start time",
         ox="Appointment: Start date", mapi="PidLidAppointmentStartWhole 0x820D", type=FieldType.SPAN),
    _row("when", "full_time", "VALUE=DATE", row="6", outlook="Appointment: All day event",
         ox="Appointment: All day", mapi="PidLidAppointmentSubType 0x8215", type=FieldType.SPAN),
    _row("when", "end_date", "DTEND", row="7", outlook="Appointment: End time", ox="Appointment: End date",
         mapi="PidLidAppointmentEndWhole 0x820E", type=FieldType.SPAN),
    _row("", "alarm_flag", "VALARM", row="8", outlook="Appointment: Reminder", ox="Appointment: Remind me",
         mapi="PidLidReminderSet 0x8503", type=FieldType.YES_NO),
    _row("alarm", "alarm", "VALARM", row="8", outlook="Appointment: Reminder", ox="Appointment: Remind me",
         mapi="PidLidReminderDelta 0x8501", type=FieldType.REMINDER),
    _row("shown_as", "shown_as", "TRANSP + X-MICROSOFT-CDO-BUSYSTATUS", row="9-12",
         outlook="Appointment: Show time as | Free Tentative Busy Out of office",
         ox="Appointment: Show as | free temporary reserved absent", mapi="PidLidBusyStatus 0x8205",
         type=FieldType.CHOICE),
    _row("note", "note", "DESCRIPTION + X-ALT-DESC", max_length=NOTE, row="13", outlook="Appointment: Notes field",
         ox="Appointment: Comments",
         mapi="PidTagBody + PidTagHtml + PidTagRtfCompressed 0x1000 0x1013 0x1009"),
    _row("", "attachments", "ATTACH", row="14", outlook="Appointment: Files in the notes field",
         ox="Attachments: Attachments", mapi="PidTagMessageAttachments 0x0E13",
         manual="yes (not on exceptions)", type=FieldType.FILES),
    _row("contacts", "", "CONTACT", row="15", outlook="Appointment: Contacts",
         mapi="PidLidContactLinkName 0x8586", manual=_NOT_SYNCHRONISED),
    _row("categories", "categories", "CATEGORIES", row="16", outlook="Appointment: Categories",
         ox="Appointment: Tags", mapi="PidNameKeywords Keywords", type=FieldType.WORDS),
    _row("private", "private_flag", "CLASS", row="17", outlook="Appointment: Private", ox="Appointment: Type",
         mapi="PidLidPrivate + PidTagSensitivity 0x8506 0x0036", type=FieldType.YES_NO),
    _row("recurrence", "recurrence_type", "RRULE", row="7.8.4", outlook="Appointment: Recurrence",
         ox="Appointment: Series", mapi="PidLidAppointmentRecur 0x8216", type=FieldType.SERIES),
    _row("recurrence", "interval", "RRULE", row="7.8.4", type=FieldType.SERIES),
    _row("recurrence", "days", "RRULE", row="7.8.4", type=FieldType.SERIES),
    _row("recurrence", "day_in_month", "RRULE", row="7.8.4", type=FieldType.SERIES),
    _row("recurrence", "month", "RRULE", row="7.8.4", type=FieldType.SERIES),
    _row("recurrence", "until", "RRULE", row="7.8.4", type=FieldType.SERIES),
    _row("recurrence", "occurrences", "RRULE", row="7.8.4", type=FieldType.SERIES),
    _row("recurrence", "deleteexceptions", "EXDATE", row="7.8.4", type=FieldType.SERIES),
    _row("", "changeexceptions", "", row="7.8.4", type=FieldType.DATES, accepted=False),
    _row("recurrence_id", "recurrence_date_position", "RECURRENCE-ID", row="7.8.4", type=FieldType.SERIES),
    _row("", "recurrence_position", "", row="7.8.4", type=FieldType.NUMBER),
    _row("", "recurrence_id", "", row="7.8.4", type=FieldType.NUMBER, accepted=False),
    # What OX, iCalendar and the model have besides the manual's rows.
    _row("uid", "uid", "UID", mapi="PidLidGlobalObjectId 0x0003"),
    _row("note_html", "", "X-ALT-DESC", max_length=NOTE, mapi="PidTagHtml 0x1013"),
    _row("organizer", "", "ORGANIZER", mapi="PidTagSentRepresentingName 0x0042", type=FieldType.PEOPLE),
    _row("url", "", "URL"),
    _row("sequence", "", "SEQUENCE", mapi="PidLidAppointmentSequence 0x8201", type=FieldType.NUMBER),
    _row("cancelled", "", "STATUS", mapi="PidLidAppointmentStateFlags 0x8217", type=FieldType.YES_NO),
)
"""The rows of the manual in its order, then what OX and the model have besides."""
# fmt: on
