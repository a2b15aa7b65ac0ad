"""When the next cycle of an account runs, and what for. Pure: the moment is given, in seconds that only rise."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import msgspec
from msgspec import Struct

from passerelle.peers.base import RemoteId
from passerelle.peers.line.retry_after import LONGEST_S

SHORTEST_POLL_S: Final = 2.0
LONGEST_POLL_S: Final = 300.0
POLL_GROWTH: Final = 1.5
PUSHED_POLL_S: Final = 900.0
"""While the server tells of changes, the whole is looked at only now and then: a hint may have got lost."""
FIRST_RETRY_S: Final = 2.0
LONGEST_RETRY_S: Final = 300.0

Folders = Mapping[RemoteId, str | None]
"""Folders to be looked at, with the position of their latest change where it was told."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What was asked for since the last cycle.

    ``whole`` means all folders, ``folders`` those that the server told of; ``look`` that something may have been done
    here.
    """

    whole: bool = False
    folders: Folders = msgspec.field(default_factory=dict)
    look: bool = False


class Course(Struct, frozen=True, kw_only=True):
    """How an account fares: when it is to be looked at as a whole next, and what stands against it.

    One that is ``is_refused`` waits for a new password: to repeat the old one could lock the user out.
    """

    next_at: float = 0.0
    poll_s: float = SHORTEST_POLL_S
    failures: int = 0
    not_before: float = 0.0
    is_refused: bool = False
    is_pushed: bool = False
    is_paused: bool = False


class Task(Struct, frozen=True):
    """One cycle: of the whole for ``folders`` None; ``look`` adds what waits here to be sent."""

    folders: Folders | None
    look: bool = False


def task(course: Course, wanted: Wanted, now: float) -> Task | None:
    """What to do now; None for nothing."""
    if course.is_refused or course.is_paused or now < course.not_before:
        return None
    if course.failures:
        return Task(None) if wanted.whole or wanted.folders or now >= course.next_at else None
    if wanted.whole or now >= course.next_at:
        return Task(None)
    return Task(wanted.folders, look=wanted.look) if wanted.folders or wanted.look else None


def waits_s(course: Course, now: float) -> float | None:
    """How long until there is something to do by itself; None while the account is refused or paused."""
    return None if course.is_refused or course.is_paused else max(0.0, max(course.next_at, course.not_before) - now)


def after_success(course: Course, now: float, *, was_whole: bool, had_work: bool, jitter: float) -> Course:
    """The course after a cycle went through. ``jitter`` is about 1: it spreads the load of many clients.

    The pause between polls grows while nothing happens, and begins small when something does.
    """
    poll_s = SHORTEST_POLL_S if had_work else min(course.poll_s * POLL_GROWTH, LONGEST_POLL_S)
    pause_s = PUSHED_POLL_S if course.is_pushed else poll_s
    next_at = now + pause_s * jitter if was_whole or not course.is_pushed else course.next_at
    return msgspec.structs.replace(course, next_at=next_at, poll_s=poll_s, failures=0, not_before=0.0, is_refused=False)


def after_failure(course: Course, now: float, *, retry_after_s: float | None, jitter: float) -> Course:
    """The course after a cycle failed: tried again after two seconds, four, eight … and what the server asks for."""
    pause_s = min(FIRST_RETRY_S * 2 ** min(course.failures, 20), LONGEST_RETRY_S) * jitter
    asked_s = min(retry_after_s or 0.0, LONGEST_S)
    return msgspec.structs.replace(
        course,
        next_at=now + max(pause_s, asked_s),
        poll_s=SHORTEST_POLL_S,
        failures=course.failures + 1,
        not_before=now + asked_s if asked_s else 0.0,
    )


def refused(course: Course) -> Course:
    """The course of an account whose password no longer holds."""
    return msgspec.structs.replace(course, is_refused=True)


def renewed(course: Course) -> Course:
    """The course after the user changed something about the account: it is looked at at once."""
    return msgspec.structs.replace(course, is_refused=False, next_at=0.0, failures=0, not_before=0.0)


def pushed(course: Course, now: float, *, is_pushed: bool) -> Course:
    """The course when push begins or breaks off. Then the server is polled again, and soon."""
    if is_pushed == course.is_pushed:
        return course
    next_at = course.next_at if is_pushed else min(course.next_at, now + course.poll_s)
    return msgspec.structs.replace(course, is_pushed=is_pushed, next_at=next_at)


def paused(course: Course, *, is_paused: bool) -> Course:
    """The course when its user wants the account to be left alone, or gone on with: then it is looked at at once."""
    if is_paused == course.is_paused:
        return course
    return msgspec.structs.replace(course if is_paused else renewed(course), is_paused=is_paused)
