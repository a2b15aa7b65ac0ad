"""What all kinds of items share."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Self

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import (
    BusyStatus,
    ComCode,
    Importance,
    InspectorClose,
    ItemType,
    MeetingStatus,
    Sensitivity,
    TaskStatus,
)
from passerelle.peers.outlook.objects import Binary
from tests.outlook_double import bodies, dates, failures, saving, stored
from tests.outlook_double.accessor import PropertyAccessor
from tests.outlook_double.attachments import Attachments
from tests.outlook_double.com import ReadOnly, Writable, method
from tests.outlook_double.facts import fact_of, size_of
from tests.outlook_double.records import Content, Invited, Record
from tests.outlook_double.session import Session
from tests.outlook_double.stored import Bag, checked
from tests.outlook_double.userproperties import UserProperties
from tests.outlook_double.values import Key, Value, key_of

SUBJECT = key_of("PidTagSubject")
BODY = key_of("PidTagBody")
RTF = key_of("PidTagRtfCompressed")
TOPIC = key_of("PidTagConversationTopic")


_OF_ALL: dict[Key, Value] = {
    key_of("PidTagImportance"): int(Importance.Normal),
    key_of("PidTagSensitivity"): int(Sensitivity.Normal),
}
_STORED: dict[ItemType, dict[Key, Value]] = {
    ItemType.AppointmentItem: {
        **_OF_ALL,
        key_of("PidLidBusyStatus"): int(BusyStatus.Busy),
        key_of("PidLidAppointmentSubType"): False,
        key_of("PidLidAppointmentStateFlags"): int(MeetingStatus.NonMeeting),
        key_of("PidLidReminderSet"): True,
        key_of("PidLidReminderDelta"): 15,
    },
    ItemType.ContactItem: _OF_ALL,
    ItemType.DistributionListItem: _OF_ALL,
    ItemType.TaskItem: {
        **_OF_ALL,
        key_of("PidLidTaskStatus"): int(TaskStatus.NotStarted),
        key_of("PidLidPercentComplete"): 0.0,
        key_of("PidLidTaskActualEffort"): 0,
        key_of("PidLidTaskEstimatedEffort"): 0,
        key_of("PidLidReminderSet"): False,
    },
}
"""Properties that are stored with each item from its first saving on, whether they were set or not."""


class BaseItem(Bag):
    """An opened item: a copy of the record, which goes back with ``Save``."""

    def __init__(self, session: Session, record: Record, content: Content | None = None) -> None:
        super().__init__(session)
        session.opened(record.folder.store, self)
        self._record = record
        self._content = content or record.content.copy()
        self._version = record.version
        self._is_saved = record.exists

    def _enter(self, member: str) -> None:
        super()._enter(member)
        if self._record.poisoned and not self._session.is_quiet:
            raise failures.outlook_error(ComCode.FAILED, "The operation failed.")  # the poisoned item of section 8

    @property
    def _values(self) -> dict[Key, Value]:
        return self._content.values

    @property
    def _recipients(self) -> list[Invited]:
        return self._content.recipients

    def _touch(self) -> None:
        self._is_saved = False

    def _computed(self, key: Key) -> Value | None:
        return fact_of(self._record, self._content, key)

    def _settle(self) -> None:
        """Bring properties in line with one another before saving. Raises ComError for what cannot be saved."""

    def _follow(self) -> None:
        """Do what Outlook does after saving."""

    @ReadOnly
    def Class(self) -> int:
        return self._class

    @ReadOnly
    def Parent(self) -> object:
        return self._session.folder(self._record.folder)

    @ReadOnly
    def EntryID(self) -> str:
        return self._record.entry_id

    @ReadOnly
    def CreationTime(self) -> datetime:
        return self._wall(self._record.created)

    @ReadOnly
    def LastModificationTime(self) -> datetime:
        return self._wall(self._record.modified)

    @ReadOnly
    def IsConflict(self) -> bool:
        return False

    @ReadOnly
    def OutlookVersion(self) -> str:
        return "16.0"

    @ReadOnly
    def Saved(self) -> bool:
        return self._is_saved

    @ReadOnly
    def Size(self) -> int:
        return size_of(self._content)

    @ReadOnly
    def Attachments(self) -> Attachments:
        return Attachments(self._session, self, self._content.files, self._stand)

    @ReadOnly
    def PropertyAccessor(self) -> PropertyAccessor:
        return PropertyAccessor(self._session, self)

    @ReadOnly
    def UserProperties(self) -> UserProperties:
        return UserProperties(self._session, self, self._content, self._record.folder)

    @ReadOnly
    def ConversationTopic(self) -> str:
        return str(self._content.values.get(TOPIC, ""))

    def _stand(self, is_added: bool) -> None:
        """Have a character stand for a file at the beginning of the text, or take it out again."""
        if not self._session.machine.habits.files_in_text:
            return
        values, change = self._content.values, bodies.with_file if is_added else bodies.without_file
        if isinstance(rtf := values.get(RTF), bytes):
            values[RTF] = change(rtf)
            values[BODY] = bodies.text_of(change(rtf))
        elif is_added:
            values[BODY] = " " + str(values.get(BODY, ""))
        else:
            values[BODY] = str(values.get(BODY, "")).removeprefix(" ")

    def _set_class(self, value: str) -> None:
        self._record.message_class = checked(value, str, "MessageClass")
        self._touch()

    def _set_body(self, value: str) -> None:
        self._content.values.pop(RTF, None)  # its formatting is gone (section 4)
        self._put(BODY, checked(value, str, "Body"))

    def _rtf(self) -> Binary:
        found = self._content.values.get(RTF)
        return memoryview(found if isinstance(found, bytes) else bodies.rtf_of(str(self._content.values.get(BODY, ""))))

    def _set_rtf(self, value: Binary) -> None:
        if not isinstance(value, bytes | memoryview):
            raise failures.mismatch("RTFBody")
        self._content.values[RTF] = bytes(value)
        self._put(BODY, bodies.text_of(bytes(value)))

    MessageClass = Writable[str](lambda obj: obj._record.message_class, _set_class)
    Body = Writable[str](lambda obj: str(obj._content.values.get(BODY, "")), _set_body)
    RTFBody = Writable[Binary](_rtf, _set_rtf)
    Subject = stored.text("PidTagSubject", limited=True)
    Importance = stored.integer("PidTagImportance", Importance.Normal)
    Sensitivity = stored.integer("PidTagSensitivity")
    Categories = stored.words("PidNameKeywords")
    Companies = stored.words("PidLidCompanies")
    Mileage = stored.text("PidLidMileage")
    BillingInformation = stored.text("PidLidBilling")
    NoAging = stored.boolean("PidLidNoAging")
    UnRead = Writable[bool](lambda obj: False, lambda obj, value: None)

    @method
    def Save(self) -> None:
        self._keep()

    @method
    def Close(self, mode: int, /) -> None:
        if mode != InspectorClose.Discard and not self._is_saved:
            self._keep()
        self._leave()

    @method
    def Delete(self) -> None:
        self._check_there()
        self._remove()

    @method
    def Copy(self) -> Self:
        record = Record(self._record.type, self._record.message_class, self._record.folder, self._content.copy())
        saving.keep(self._session, record, record.content)
        return type(self)(self._session, record)

    @method
    def Move(self, target: objects.Folder, /) -> Self:
        self._check_there()
        saving.move(self._session, self._record, folder_record(target))
        return type(self)(self._session, self._record)

    def _keep(self) -> None:
        if self._record.version and not self._record.exists:
            raise failures.not_found("The item has been moved or deleted.")
        if self._record.version != self._version:
            raise failures.outlook_error(ComCode.OBJECT_CHANGED, "The item has been changed by another user.")
        self._settle_body()
        self._settle()
        self._content.values = {**_STORED.get(self._record.type, {}), **self._content.values}
        self._write()
        self._version = self._record.version
        self._is_saved = True
        self._follow()

    def _leave(self) -> None:
        """Close its window, if it has one."""
        self._session.windows[:] = [each for each in self._session.windows if each is not self]

    def _remove(self) -> None:
        saving.delete(self._session, self._record)

    def _write(self) -> None:
        saving.keep(self._session, self._record, self._content.copy())

    def _settle_body(self) -> None:
        values = self._content.values
        if isinstance(body := values.get(BODY), str):
            values[BODY] = bodies.settled(body)
        if isinstance(rtf := values.get(RTF), bytes):
            values[RTF] = bodies.rewritten(rtf)
        if SUBJECT in values:
            values[TOPIC] = values[SUBJECT]

    def _check_there(self) -> None:
        if not self._record.exists:
            raise failures.not_found("The item has been moved or deleted.")

    def _wall(self, moment: datetime | None) -> datetime:
        return dates.handed_out(dates.to_wall(moment, self._session.machine.zone) if moment else dates.NO_DATE)


def folder_record(folder: objects.Folder) -> Any:
    """The record of the double's own folder. Raises ComError for anything else."""
    record = getattr(folder, "_folder", None)
    if record is None:
        raise failures.mismatch("Folder")
    return record
