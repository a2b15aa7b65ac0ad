"""Wishes of several threads, gathered for one."""

from __future__ import annotations

from passerelle.daemon.wishes import Wishes
from passerelle.peers.base import Heard, PushKind, RemoteId

BOOK, CALENDAR = RemoteId("31"), RemoteId("32")


def test_a_burst_is_one_wish_that_holds_the_latest_of_each_folder() -> None:
    wishes = Wishes()
    for position in ("9", "11", "10"):
        wishes.hear([Heard(folder=BOOK, position=position), Heard(folder=CALENDAR, position="7")])
    assert wishes.take(0).wanted.folders == {BOOK: "11", CALENDAR: "7"}
    assert wishes.take(0).wanted.folders == {}


def test_a_folder_of_which_a_place_is_unknown_is_looked_at_in_any_case() -> None:
    wishes = Wishes()
    wishes.hear([Heard(folder=BOOK), Heard(folder=BOOK, position="9")])
    assert wishes.take(0).wanted.folders == {BOOK: None}


def test_news_that_name_no_folder_wish_for_all() -> None:
    wishes = Wishes()
    wishes.hear([Heard()])
    assert wishes.take(0).wanted.whole


def test_when_push_comes_to_stand_what_happened_before_is_looked_for() -> None:
    wishes = Wishes()
    wishes.pushed(PushKind.EVENTS)
    taken = wishes.take(0)
    assert taken.push is PushKind.EVENTS
    assert taken.wanted.whole
    wishes.pushed(None)
    assert wishes.take(0).push is None
