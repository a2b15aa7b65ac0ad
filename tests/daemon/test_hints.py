"""What is heard of Outlook becomes few looks, and soon."""

from __future__ import annotations

import time

from passerelle.daemon.hints import Hints, Pauses
from passerelle.peers.base import RemoteId

BOOK, CALENDAR = RemoteId("31"), RemoteId("32")
SHORT = Pauses(quiet_s=0.01, longest_s=0.02, echo_s=0.05)


def begun(pauses: Pauses = SHORT) -> Hints:
    hints = Hints(pauses)
    assert hints.take(60).folders is None
    return hints


def test_a_burst_is_one_look_at_the_folders_concerned() -> None:
    hints = begun()
    for _ in range(100):
        hints.hear(BOOK)
        hints.hear(CALENDAR)
    assert hints.take(60).folders == frozenset({BOOK, CALENDAR})


def test_without_news_all_is_looked_at_after_a_while() -> None:
    assert begun().take(0).folders is None


def test_news_that_do_not_end_are_not_waited_for() -> None:
    hints = begun(Pauses(quiet_s=60, longest_s=0.01))
    hints.hear(BOOK)
    assert hints.take(60).folders == frozenset({BOOK})


def test_a_new_folder_has_all_looked_at() -> None:
    hints = begun()
    hints.hear(BOOK)
    hints.hear_of_folders()
    assert hints.take(60).folders is None


def test_what_comes_from_the_server_waits_for_no_news() -> None:
    hints = begun(Pauses(quiet_s=60, longest_s=60))
    hints.hear(BOOK)
    hints.whole()
    assert hints.take(60).folders is None


def test_the_echo_of_what_was_written_is_not_looked_at_before_outlooks_clock_has_gone_on() -> None:
    hints = begun()
    before = time.monotonic()
    hints.wrote()
    hints.hear(BOOK)
    assert hints.take(60).folders == frozenset({BOOK})
    assert time.monotonic() - before >= SHORT.echo_s


def test_that_outlook_ends_is_told_at_once() -> None:
    hints = begun(Pauses(quiet_s=60, longest_s=60))
    hints.hear(BOOK)
    hints.quit()
    assert hints.take(60).is_quit
    assert not hints.take(0).is_quit


def test_there_is_an_end() -> None:
    hints = begun()
    hints.end()
    assert hints.take(60).is_over
    assert hints.is_over
