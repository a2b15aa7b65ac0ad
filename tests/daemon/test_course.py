"""When an account is synchronised next, and what for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from passerelle.daemon.course import (
    LONGEST_RETRY_S,
    Course,
    Task,
    Wanted,
    after_failure,
    after_success,
    pushed,
    refused,
    renewed,
    task,
    waits_s,
)
from passerelle.peers.base import RemoteId

BOOK = {RemoteId("31"): "1000"}
NEWS = Wanted(folders=BOOK)
EDIT = Wanted(look=True)
IN_STEP = after_success(Course(is_pushed=True), 100.0, was_whole=True, had_work=False, jitter=1.0)


def offline(failures: int, now: float = 100.0, retry_after_s: float | None = None) -> Course:
    course = Course()
    for _ in range(failures):
        course = after_failure(course, now, retry_after_s=retry_after_s, jitter=1.0)
    return course


def test_a_new_account_is_synchronised_as_a_whole_and_at_once() -> None:
    assert task(Course(), Wanted(), 0.0) == Task(None)


def test_news_of_a_folder_and_an_edit_here_cost_a_look_at_those_alone() -> None:
    assert task(IN_STEP, NEWS, 101.0) == Task(BOOK)
    assert task(IN_STEP, EDIT, 101.0) == Task({}, look=True)
    assert task(IN_STEP, Wanted(), 101.0) is None


def test_nothing_is_asked_of_a_server_that_tells_by_itself_for_a_long_time() -> None:
    assert (waits_s(IN_STEP, 100.0) or 0) >= 600


def test_a_server_that_tells_nothing_is_asked_more_and_more_rarely_until_something_happens() -> None:
    course, pauses = Course(), []
    for _ in range(20):
        course = after_success(course, 0.0, was_whole=True, had_work=False, jitter=1.0)
        pauses.append(course.next_at)
    assert pauses == sorted(pauses)
    assert pauses[-1] == 300
    assert after_success(course, 0.0, was_whole=True, had_work=True, jitter=1.0).next_at == 2


def test_when_push_breaks_off_the_server_is_asked_again_soon() -> None:
    assert (waits_s(pushed(IN_STEP, 100.0, is_pushed=False), 100.0) or 0) < 10


@given(st.integers(1, 60), st.floats(0.8, 1.2))
def test_failures_are_repeated_after_a_pause_that_grows_up_to_minutes(failures: int, jitter: float) -> None:
    course = after_failure(offline(failures - 1), 100.0, retry_after_s=None, jitter=jitter)
    pause_s = waits_s(course, 100.0) or 0
    assert min(2**failures, LONGEST_RETRY_S) * 0.79 <= pause_s <= LONGEST_RETRY_S * 1.2
    assert task(course, Wanted(), 100.0) is None
    assert task(course, Wanted(), course.next_at) == Task(None)


def test_an_edit_here_does_not_hasten_the_next_try_but_a_word_of_the_server_does() -> None:
    assert task(offline(5), EDIT, 101.0) is None
    assert task(offline(5), NEWS, 101.0) == Task(None)


def test_an_account_that_failed_is_tried_at_once_when_this_machine_wakes_or_joins_a_network() -> None:
    assert task(offline(9), Wanted(whole=True), 101.0) == Task(None)


def test_a_server_that_wants_to_be_left_alone_is_left_alone_whatever_happens() -> None:
    course = offline(1, retry_after_s=120.0)
    assert task(course, NEWS, 219.0) is None
    assert task(course, Wanted(whole=True), 219.0) is None
    assert task(course, Wanted(), 220.0) == Task(None)


def test_a_server_cannot_keep_us_away_for_days() -> None:
    assert (waits_s(offline(1, retry_after_s=1e9), 100.0) or 0) <= 3600


def test_a_password_that_no_longer_holds_is_never_tried_again_but_a_new_one_at_once() -> None:
    course = refused(IN_STEP)
    assert waits_s(course, 1e6) is None
    assert task(course, Wanted(whole=True, folders=BOOK, look=True), 1e6) is None
    assert task(renewed(course), Wanted(), 1e6) == Task(None)
