"""What a running daemon is asked and answers: JSON objects, one a line.

A request is one line. Answers follow until one that is the last: :class:`Done` or :class:`Declined`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec import Struct

from passerelle.model.errors import PasserelleError
from passerelle.model.text import Text, from_stored, to_stored
from passerelle.peers.base import PushKind
from passerelle.sync.report import CycleResult, Progress


class State(StrEnum):
    """How an account fares."""

    STARTING = "starting"
    """It has not been looked at yet since the daemon began, or went on after a pause."""
    IN_STEP = "in step"
    OFFLINE = "offline"
    """Its server cannot be reached. It is tried again."""
    REFUSED = "refused"
    """Its password no longer holds. It waits for a new one."""
    FAILING = "failing"
    """Something else stands against it, as ``message`` says. It is tried again."""
    UNWATCHED = "unwatched"
    """No daemon keeps it. It was in step when it was last looked at."""
    PAUSED = "paused"
    DISABLED = "disabled"


class OutlookState(StrEnum):
    """How Outlook fares, for an account that it shows."""

    STARTING = "starting"
    """It has not been looked at yet since the daemon began."""
    IN_STEP = "in step"
    CLOSED = "closed"
    """It does not run. It catches up when it does."""
    HINDERED = "hindered"
    """Something stands against it, as ``message`` says. It is tried again."""
    UNWATCHED = "unwatched"
    """No daemon looks at it. It was in step when it was last looked at."""


class OutlookStanding(Struct, frozen=True, kw_only=True):
    """How Outlook fares, for an account that it shows: in its ``state`` ``since`` then, ``message`` says why.

    ``last_success`` is when it was last in step. ``needs_user``: what is the matter does not pass by itself.
    """

    state: OutlookState = OutlookState.STARTING
    since: datetime
    message: Text = Text("")
    last_success: datetime | None = None
    needs_user: bool = False


class Standing(Struct, frozen=True, kw_only=True):
    """How one account fares, as the daemon knows it.

    It is in its ``state`` ``since`` then. ``is_working``: a cycle runs right now. ``message`` says why it is not in
    step, empty if it is. ``last_success`` is when a cycle last went through. ``next_try`` is when the next one runs if
    nothing happens before; None: when it is told to. ``push`` is how the server tells of changes; None: it is polled.

    Of the user's changes ``pending`` wait to be sent, ``skipped`` were refused, ``conflicts`` wait for a decision, as
    do ``held`` deletions; these are not counted of disabled accounts. After ``warn_after_s`` without success the user
    is to be warned; None: never.

    ``outlook`` is None unless it shows the account: then ``to_show`` changes wait to be shown there, and ``not_shown``
    of the skipped are those between here and Outlook.
    """

    account: str
    state: State = State.STARTING
    since: datetime
    is_working: bool = False
    message: Text = Text("")
    last_success: datetime | None = None
    next_try: datetime | None = None
    push: PushKind | None = None
    pending: int = 0
    skipped: int = 0
    conflicts: int = 0
    held: int = 0
    outlook: OutlookStanding | None = None
    to_show: int = 0
    not_shown: int = 0
    warn_after_s: float | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Whether the user is to be warned: for longer than they want, nothing has gone through."""
        if self.warn_after_s is None or self.state in _FINE:
            return False
        return now - (self.last_success or self.since) > timedelta(seconds=self.warn_after_s)


_FINE = frozenset({State.STARTING, State.IN_STEP, State.PAUSED, State.DISABLED})


class Failure(Struct, frozen=True):
    """Why a cycle did not go through; ``exit_code`` as in :mod:`passerelle.model.errors`."""

    message: Text
    exit_code: int

    @classmethod
    def of(cls, error: PasserelleError) -> Failure:
        """What an error comes to."""
        return cls(error.text, error.exit_code)


class GetStatus(Struct, frozen=True, tag="status"):
    """How do all accounts fare? Answered by one :class:`Standings`."""


class Follow(Struct, frozen=True, tag="follow"):
    """How do they fare, now and whenever that changes? Answered by :class:`Standings` until the asker hangs up.

    An :class:`Alive` comes at least every ten seconds.
    """


class Sync(Struct, frozen=True, tag="sync"):
    """Run a cycle of an account now, or of all that are enabled, whatever they wait for.

    Answered by :class:`Accepted`, then :class:`Cycled` or :class:`Failed` for each account as it comes, with
    :class:`Progressed` between if wanted and :class:`Alive` at least every second. :class:`Declined`: this daemon
    cannot, or not to the end; whoever asked may do it themselves.
    """

    account: str | None = None
    progress: bool = False


class Pause(Struct, frozen=True, tag="pause"):
    """Leave an account, or all, alone until told to go on; the daemon's end ends that as well."""

    account: str | None = None


class Resume(Struct, frozen=True, tag="resume"):
    """Go on with an account, or all."""

    account: str | None = None


Request = GetStatus | Follow | Sync | Pause | Resume


class Standings(Struct, frozen=True, tag="status"):
    """How all accounts fare, in the order in which they were added."""

    accounts: tuple[Standing, ...]


class Accepted(Struct, frozen=True, tag="accepted"):
    """A cycle of ``accounts`` will run; those that are ``disabled`` are left alone."""

    accounts: tuple[str, ...]
    disabled: tuple[str, ...]


class Progressed(Struct, frozen=True, tag="progress"):
    """Where the cycle of an account is."""

    account: str
    progress: Progress


class Cycled(Struct, frozen=True, tag="cycled"):
    """The cycle of an account went through."""

    account: str
    result: CycleResult


class Failed(Struct, frozen=True, tag="failed"):
    """The cycle of an account did not go through."""

    account: str
    failure: Failure


class Alive(Struct, frozen=True, tag="alive"):
    """The daemon is still there; there is nothing new."""


class Done(Struct, frozen=True, tag="done"):
    """That was all."""


class Declined(Struct, frozen=True, tag="declined"):
    """The request was not carried out, or not to the end."""

    message: Text


Answer = Standings | Accepted | Progressed | Cycled | Failed | Alive | Done | Declined


def _to_json(value: object) -> object:
    return to_stored(value) if isinstance(value, Text) else str(value)


def _from_json(kind: type, value: object) -> object:
    if kind is Text and isinstance(value, str):
        return from_stored(value)
    raise NotImplementedError


_encoder = msgspec.json.Encoder(enc_hook=_to_json)
_requests: msgspec.json.Decoder[Request] = msgspec.json.Decoder(Request, dec_hook=_from_json)
_answers: msgspec.json.Decoder[Answer] = msgspec.json.Decoder(Answer, dec_hook=_from_json)


def line_of(message: Request | Answer) -> bytes:
    """A message as it is sent."""
    return _encoder.encode(message) + b"\n"


def request_of(line: bytes) -> Request:
    """A request as it came. Raises :class:`msgspec.MsgspecError`: it is none."""
    return _requests.decode(line)


def answer_of(line: bytes) -> Answer:
    """An answer as it came. Raises :class:`msgspec.MsgspecError`: it is none."""
    return _answers.decode(line)
