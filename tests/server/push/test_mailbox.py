"""What waits for a slow reader is bounded, and its last word on each folder is true."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from threading import Thread

from passerelle.groupware.news import EVERYTHING, Event, EventKind
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId, Stamp
from passerelle.server.push.mailbox import MOST_EVENTS, Letter, Mailbox


def event(folder: int, kind: EventKind = EventKind.ITEMS, position: int | None = None) -> Event:
    return Event(kind, FolderId(folder), Module.CALENDAR, None if position is None else Stamp(position))


def letters(*told: Sequence[Event], ended: bool = False, patience_s: float = 5) -> Letter | None:
    """What a reader finds that looks only after all was told."""

    async def read() -> Letter | None:
        mailbox = Mailbox(asyncio.get_running_loop())
        for position, events in enumerate(told, start=1):
            mailbox.told(Stamp(position), events)
        if ended:
            mailbox.ended()
        return await mailbox.next(patience_s)

    return asyncio.run(read())


def test_what_was_told_meanwhile_comes_at_once_with_the_last_place() -> None:
    assert letters([event(1)], [], [event(2)]) == Letter(Stamp(3), (event(1), event(2)), is_last=False)


def test_what_waits_already_is_not_put_in_twice_but_comes_last() -> None:
    gone, back = event(1, EventKind.GONE), event(1, EventKind.FOLDER)
    found = letters([back], [gone], [back])
    assert found == Letter(Stamp(3), (gone, back), is_last=False)


def test_of_a_folder_that_changes_again_and_again_only_the_last_position_waits() -> None:
    found = letters([event(1, position=5), event(2, position=4)], [event(1, position=7)])
    assert found == Letter(Stamp(2), (event(2, position=4), event(1, position=7)), is_last=False)


def test_more_than_can_wait_becomes_one_call_to_look_at_everything() -> None:
    found = letters(*([event(folder)] for folder in range(MOST_EVENTS + 1)), [event(1)])
    assert found == Letter(Stamp(MOST_EVENTS + 2), (EVERYTHING,), is_last=False)


def test_the_first_word_is_the_place_though_nothing_happened() -> None:
    assert letters([]) == Letter(Stamp(1), (), is_last=False)


def test_a_reader_that_was_told_nothing_yet_has_no_place() -> None:
    assert letters(patience_s=0.01) is None


def test_the_end_comes_after_what_was_told() -> None:
    assert letters([event(1)], ended=True) == Letter(Stamp(1), (event(1),), is_last=True)
    assert letters(ended=True) == Letter(Stamp(0), (), is_last=True)


def test_a_reader_that_waits_is_roused_from_another_thread() -> None:
    async def read() -> Letter | None:
        mailbox = Mailbox(asyncio.get_running_loop())
        Thread(target=mailbox.told, args=(Stamp(7), [event(1)])).start()
        return await mailbox.next(60)

    assert asyncio.run(read()) == Letter(Stamp(7), (event(1),), is_last=False)


def test_a_mailbox_whose_reader_is_long_gone_takes_letters_in_vain() -> None:
    async def make() -> Mailbox:
        return Mailbox(asyncio.get_running_loop())

    mailbox = asyncio.run(make())
    mailbox.told(Stamp(1), [event(1)])
    mailbox.ended()
