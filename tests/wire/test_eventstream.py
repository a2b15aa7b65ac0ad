"""Blocks of an event stream are what a reader of the standard expects (WHATWG HTML, section 9.2)."""

from __future__ import annotations

from passerelle.wire.eventstream import message, retry, sign_of_life


def test_a_message_ends_with_an_empty_line_and_carries_its_place_only_if_it_has_one() -> None:
    assert message(b"{}") == b"data: {}\n\n"
    assert message(b"{}", 17) == b"id: 17\ndata: {}\n\n"


def test_a_sign_of_life_has_no_data_and_so_is_no_message() -> None:
    assert sign_of_life(17) == b": still here\nid: 17\n\n"


def test_the_pause_before_another_attempt_is_in_milliseconds() -> None:
    assert retry(3000) == b"retry: 3000\n\n"
