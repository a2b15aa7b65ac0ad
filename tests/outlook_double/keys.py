"""The keys of properties that several modules know."""

from __future__ import annotations

from tests.outlook_double.values import key_of

SUBJECT = key_of("PidTagSubject")
START = key_of("PidLidAppointmentStartWhole")
END = key_of("PidLidAppointmentEndWhole")
DURATION = key_of("PidLidAppointmentDuration")
ATTENDEES = {1: key_of("PidLidToAttendeesString"), 2: key_of("PidLidCcAttendeesString")}
ALL_DAY = key_of("PidLidAppointmentSubType")
BUSY = key_of("PidLidBusyStatus")
STATUS = key_of("PidLidAppointmentStateFlags")
RESPONSE = key_of("PidLidResponseStatus")
REPLIED = key_of("PidLidAppointmentReplyTime")
INVITED = key_of("PidLidFInvited")
LOCATION = key_of("PidLidLocation")
ORGANIZER = key_of("PidTagSentRepresentingName")
ORGANIZER_ADDRESS = key_of("PidTagSentRepresentingSmtpAddress")
OBJECT_ID = key_of("PidLidGlobalObjectId")
CLEAN_OBJECT_ID = key_of("PidLidCleanGlobalObjectId")
REMINDER_SET = key_of("PidLidReminderSet")
REMINDER_DELTA = key_of("PidLidReminderDelta")
REMINDER_TIME = key_of("PidLidReminderTime")
SENSITIVITY = key_of("PidTagSensitivity")
PRIVATE = key_of("PidLidPrivate")
