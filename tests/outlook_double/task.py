"""``TaskItem`` (section 5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import (
    DefaultFolder,
    ItemType,
    ObjectClass,
    TaskDelegationState,
    TaskOwnership,
    TaskResponse,
    TaskStatus,
)
from tests.outlook_double import dates, failures, recurrence, saving, stored
from tests.outlook_double.com import ReadOnly, Writable, method
from tests.outlook_double.item import BaseItem
from tests.outlook_double.keys import PRIVATE, SENSITIVITY
from tests.outlook_double.recipients import Recipients, resolve_all
from tests.outlook_double.records import Content, Record
from tests.outlook_double.recurrence import RecurrencePattern
from tests.outlook_double.sending import post
from tests.outlook_double.stored import checked
from tests.outlook_double.values import key_of

STATUS = key_of("PidLidTaskStatus")
PERCENT = key_of("PidLidPercentComplete")
COMPLETE = key_of("PidLidTaskComplete")
COMPLETED = key_of("PidLidTaskDateCompleted")
START = key_of("PidLidTaskStartDate")
DUE = key_of("PidLidTaskDueDate")
OWNER = key_of("PidLidTaskOwner")
OWNERSHIP = key_of("PidLidTaskOwnership")
DELEGATION = key_of("PidLidTaskAcceptanceState")


def _day_of(name: str, moves: str) -> Writable[datetime]:
    """A day that moves another one along where the two would cross."""
    own, other = stored.day(name), key_of(moves)
    is_start = name == "PidLidTaskStartDate"

    def write(obj: TaskItem, value: datetime) -> None:
        own.write(obj, value)
        mine, its = obj._values.get(key_of(name)), obj._values.get(other)
        if isinstance(mine, datetime) and isinstance(its, datetime) and ((mine > its) if is_start else (mine < its)):
            obj._put(other, mine)

    return Writable(own.read, write)


class TaskItem(BaseItem):
    """A task; its days have no time, and status, percentage and completion follow one another."""

    _class = ObjectClass.Task

    def _set_status(self, value: int) -> None:
        status = TaskStatus(checked(value, int, "Status"))
        percent = cast("float", self._content.values.get(PERCENT, 0.0))
        if status == TaskStatus.Complete:
            self._complete()
            return
        share = 0.0 if status == TaskStatus.NotStarted or percent >= 1 else percent
        self._uncomplete(status, share)

    def _set_percent(self, value: int) -> None:
        if not 0 <= checked(value, int, "PercentComplete") <= 100:
            raise failures.invalid("The percentage is not valid.")
        status = cast("int", self._content.values.get(STATUS, TaskStatus.NotStarted))
        if value == 100:
            self._complete()
            return
        if status in {TaskStatus.NotStarted, TaskStatus.InProgress, TaskStatus.Complete}:
            status = TaskStatus.InProgress if value else TaskStatus.NotStarted
        self._uncomplete(status, value / 100)

    def _set_complete(self, value: bool) -> None:
        if checked(value, bool, "Complete"):
            self._complete()
        else:
            self._uncomplete(TaskStatus.NotStarted, 0.0)

    def _set_completed(self, value: datetime) -> None:
        stored.day("PidLidTaskDateCompleted").write(self, value)
        if COMPLETED in self._content.values:
            self._content.values |= {STATUS: TaskStatus.Complete.value, PERCENT: 1.0, COMPLETE: True}

    def _complete(self) -> None:
        today = dates.midnight(dates.to_wall(self._session.machine.now, self._session.machine.zone))
        self._content.values.setdefault(COMPLETED, today.replace(tzinfo=UTC))
        self._content.values |= {STATUS: TaskStatus.Complete.value, PERCENT: 1.0, COMPLETE: True}
        self._touch()

    def _uncomplete(self, status: int, share: float) -> None:
        self._content.values.pop(COMPLETED, None)
        self._content.values |= {STATUS: int(status), PERCENT: share, COMPLETE: False}
        self._touch()

    Status = Writable[int](lambda obj: obj._content.values.get(STATUS, TaskStatus.NotStarted), _set_status)
    PercentComplete = Writable[int](lambda obj: round(obj._content.values.get(PERCENT, 0.0) * 100), _set_percent)
    Complete = Writable[bool](lambda obj: bool(obj._content.values.get(COMPLETE)), _set_complete)
    DateCompleted = Writable[datetime](stored.day("PidLidTaskDateCompleted").read, _set_completed)
    StartDate = _day_of("PidLidTaskStartDate", moves="PidLidTaskDueDate")
    DueDate = _day_of("PidLidTaskDueDate", moves="PidLidTaskStartDate")
    ReminderSet = stored.boolean("PidLidReminderSet")
    ReminderTime = stored.wall_date("PidLidReminderTime")
    ReminderOverrideDefault = stored.boolean("PidLidReminderOverride")
    ReminderPlaySound = stored.boolean("PidLidReminderPlaySound", default=True)
    ReminderSoundFile = stored.text("PidLidReminderFileParameter")
    ActualWork = stored.integer("PidLidTaskActualEffort")
    TotalWork = stored.integer("PidLidTaskEstimatedEffort")
    ContactNames = stored.words("PidLidContacts")
    Role = stored.text("PidLidTaskRole")
    Ordinal = stored.integer("PidLidTaskOrdinal")
    TeamTask = stored.boolean("PidLidTeamTask")
    Owner = Writable[str](
        lambda obj: obj._content.values.get(OWNER, obj._session.machine.profile.user.name),
        stored.text("PidLidTaskOwner").write,
    )
    Ownership = stored.read_only(stored.integer("PidLidTaskOwnership", TaskOwnership.OwnTask))
    DelegationState = stored.read_only(stored.integer("PidLidTaskAcceptanceState"))
    Delegator = stored.read_only(stored.text("PidLidTaskAssigner"))

    @ReadOnly
    def ResponseState(self) -> int:
        return TaskResponse.Simple

    @ReadOnly
    def IsRecurring(self) -> bool:
        return self._content.pattern is not None

    @ReadOnly
    def Recipients(self) -> Recipients:
        return Recipients(self._session, self, self._content.recipients)

    @method
    def MarkComplete(self) -> None:
        self._complete()
        self._keep()

    @method
    def Assign(self) -> TaskItem:
        """Make it a request to somebody else, which is still to be sent."""
        self._content.values |= {OWNERSHIP: TaskOwnership.DelegatedTask.value, DELEGATION: TaskDelegationState.Unknown}
        self._touch()
        return self

    @method
    def CancelResponseState(self) -> None:
        self._content.values.pop(OWNERSHIP, None)
        self._content.values.pop(DELEGATION, None)
        self._touch()

    @method
    def Respond(self, response: int, no_dialog: bool = False, ask_for_text: bool = False, /) -> object | None:
        raise failures.invalid("This is not a task that somebody asked you to do.")

    @method
    def Send(self) -> None:
        if not self._content.recipients or not resolve_all(self._session, self._content.recipients):
            raise failures.invalid("Outlook does not recognize one or more names.")
        self._content.values[OWNER] = self._content.recipients[0].name
        self._keep()
        folder = self._session.machine.profile.stores[0].folders[DefaultFolder.Outbox]
        request = Record(ItemType.MailItem, "IPM.TaskRequest", folder, self._content.copy(), meeting=self._record)
        post(self._session, self, request)

    @method
    def GetRecurrencePattern(self) -> RecurrencePattern:
        if self._content.pattern is None:
            self._content.pattern = recurrence.begin(self._first_day(), 0)
            self._touch()
        return RecurrencePattern(self._session, self, self._content.pattern)

    @method
    def ClearRecurrencePattern(self) -> None:
        self._content.pattern = None
        self._touch()

    @method
    def SkipRecurrence(self) -> bool:
        following = self._following()
        if following is None:
            return False
        self._content = following
        self._keep()
        return True

    def _first_day(self) -> datetime:
        day = self._content.values.get(DUE) or self._content.values.get(START)
        today = dates.midnight(dates.to_wall(self._session.machine.now, self._session.machine.zone))
        return day.replace(tzinfo=None) if isinstance(day, datetime) else today

    def _following(self) -> Content | None:
        """The task once more, for the next day of its pattern."""
        pattern = self._content.pattern
        due = self._first_day()
        later = (day for day in recurrence.begins(self._session, pattern) if day > due) if pattern else iter(())
        following = next(iter(later), None)
        if following is None:
            return None
        content = self._content.copy()
        content.values[DUE] = following.replace(tzinfo=UTC)
        if isinstance(start := content.values.get(START), datetime):
            content.values[START] = start + (following - due)
        content.values |= {STATUS: TaskStatus.NotStarted.value, PERCENT: 0.0, COMPLETE: False}
        content.values.pop(COMPLETED, None)
        return content

    def _settle(self) -> None:
        values = self._content.values
        values[PRIVATE] = bool(values.get(SENSITIVITY, 0))
        self._next = self._following() if values.get(COMPLETE) and self._content.pattern else None
        if values.get(COMPLETE):
            self._content.pattern = None

    def _follow(self) -> None:
        """What is done of a series becomes a task of its own, and the series goes on as a new item."""
        if self._next is not None:
            record = Record(ItemType.TaskItem, self._record.message_class, self._record.folder, self._next)
            saving.keep(self._session, record, self._next)

    def _occurrence(self, original: datetime) -> objects.AppointmentItem:
        raise failures.invalid("A task has no occurrences.")

    def _original_of(self, wall: datetime) -> datetime:
        return wall
