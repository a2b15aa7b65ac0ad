"""A Windows machine with Outlook on it: its clock and zone, its message queue, and a count of all calls."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from threading import RLock
from zoneinfo import ZoneInfo

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError
from tests.outlook_double import failures
from tests.outlook_double.application import open_session
from tests.outlook_double.habits import Habits
from tests.outlook_double.profile import Profile
from tests.outlook_double.records import Person
from tests.outlook_double.session import Session

MONDAY = datetime(2026, 11, 30, 8, tzinfo=UTC)


class Machine:
    """Where Outlook runs, or not. Time passes only by ``pass_time``, and events arrive only by ``pump``."""

    def __init__(self, habits: Habits | None = None, zone: str = "Europe/Berlin", now: datetime = MONDAY) -> None:
        self.habits = habits or Habits()
        self.zone = ZoneInfo(zone)
        self.now = now
        self.profile = Profile(self.habits.locale, Person("Anna Arnold", "anna@example.org", smtp="anna@example.org"))
        self.calls: Counter[str] = Counter()
        self.saves = 0
        self.sent: list[tuple[str, str]] = []
        """What left for others: the message class and the subject."""
        self.pumps: list[Callable[[], None]] = []
        """Who is to know when there is a message."""
        self.turn = RLock()
        """Outlook does one thing at a time, whichever thread asks it."""
        self._session: Session | None = None
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._posts = count()
        self._busy = 0
        self._faults: dict[str, list[ComError]] = {}
        self._end_in: tuple[str, bool] | None = None

    @property
    def session(self) -> Session:
        """The running Outlook. Raises ComError as ``GetActiveObject`` does if there is none."""
        if self._session is None:
            raise failures.com_error(ComCode.NOT_RUNNING, "Operation unavailable")
        return self._session

    @property
    def is_running(self) -> bool:
        """Whether Outlook runs."""
        return self._session is not None

    def start(self) -> None:
        """Start Outlook, as its user does."""
        if self._session is None:
            self._session = open_session(self)

    def end(self) -> None:
        """End Outlook, properly or not: from now on all its objects are dead (section 6). What was saved stays."""
        if self._session is not None:
            self._session.alive = False
            self._session = None
            self._queue.clear()

    def get_active_object(self, prog_id: str) -> objects.Application:
        """``win32com.client.GetActiveObject``. Raises ComError if Outlook does not run."""
        if prog_id != "Outlook.Application":
            raise failures.com_error(-2147221005, "Invalid class string")
        return self.session.application

    def pass_time(self, duration: timedelta) -> None:
        """Let time pass; that alone delivers nothing."""
        self.now += duration

    def post(self, after: timedelta, action: Callable[[], None]) -> None:
        """Put something into the message queue."""
        with self.turn:
            heappush(self._queue, (self.now + after, next(self._posts), action))
        for wake in self.pumps:
            wake()

    def pump(self) -> int:
        """``pythoncom.PumpWaitingMessages``: deliver what is due by now. How much that was."""
        delivered = 0
        with self.turn:
            while self._queue and self._queue[0][0] <= self.now:
                heappop(self._queue)[2]()
                delivered += 1
        return delivered

    def reject_calls(self, number: int) -> None:
        """Show a dialog: so many of the next calls are rejected (sections 6 and 8)."""
        self._busy = number

    def fail(self, member: str, error: ComError) -> None:
        """Let the next call of a member, as ``AppointmentItem.Save``, fail."""
        self._faults.setdefault(member, []).append(error)

    def end_in(self, member: str, *, done: bool) -> None:
        """Let Outlook end in the next call of a method: when it has done its work, or before."""
        self._end_in = (member, done)

    def enter(self, member: str) -> None:
        """A call arrives from outside. Raises ComError where it does not get through."""
        if self._busy:
            self._busy -= 1
            raise failures.com_error(ComCode.CALL_REJECTED, "Call was rejected by callee.")
        self._end_if((member, False))
        if faults := self._faults.get(member):
            raise faults.pop(0)
        self.calls[member] += 1

    def leave(self, member: str) -> None:
        """A call of a method has done its work. Raises ComError if Outlook ends before it answers."""
        self._end_if((member, True))

    def _end_if(self, moment: tuple[str, bool]) -> None:
        if self._end_in == moment:
            self._end_in = None
            self.end()
            raise failures.com_error(ComCode.CALL_FAILED, "The remote procedure call failed.")
