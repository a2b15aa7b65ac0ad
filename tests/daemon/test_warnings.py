"""What a user is told of without asking, and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from passerelle.daemon.alerts.herald import Herald
from passerelle.daemon.control.messages import OutlookStanding, OutlookState, Standing, State
from passerelle.model.text import Text

START = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
TAKEN_OUT = OutlookStanding(state=OutlookState.HINDERED, since=START, message=Text("Set it up again."), needs_user=True)
WELL = Standing(account="anna", state=State.IN_STEP, since=START, last_success=START)
OFFLINE = Standing(
    account="anna",
    state=State.OFFLINE,
    since=START,
    last_success=START,
    message=Text("The server does not answer."),
    warn_after_s=3600.0,
)


class Screen:
    """Shows warnings as a desktop does, at a time that the test sets."""

    def __init__(self) -> None:
        self.now = START
        self.shown: dict[int, str] = {}
        self.told: list[str] = []
        self.herald = Herald(self, lambda: self.now)

    def show(self, account: str, text: Text, earlier: int) -> int:
        number = earlier or len(self.told) + 1
        self.told.append(f"{account}: {text}")
        self.shown[number] = self.told[-1]
        return number

    def withdraw(self, number: int) -> None:
        del self.shown[number]

    def after(self, standing: Standing, *, minutes: float = 0) -> list[str]:
        """What is new after so long."""
        self.now += timedelta(minutes=minutes)
        before = len(self.told)
        self.herald.look((standing,))
        return self.told[before:]


def test_who_is_offline_for_longer_than_they_want_is_told_once_until_it_is_over() -> None:
    screen = Screen()
    assert screen.after(OFFLINE, minutes=59) == []
    (told,) = screen.after(OFFLINE, minutes=2)
    assert told == "anna: Not in step since 2026-11-28 09:00 UTC. The server does not answer."
    assert screen.after(OFFLINE, minutes=600) == []
    assert screen.after(WELL) == []
    assert screen.shown == {}
    assert len(screen.after(OFFLINE)) == 1


@pytest.mark.parametrize(
    ("standing", "advice"),
    [
        (Standing(account="anna", state=State.REFUSED, since=START), "passerelle account password anna"),
        (Standing(account="anna", since=START, skipped=1), "1 change was refused"),
        (Standing(account="anna", since=START, conflicts=2), "2 items were changed here and on the server"),
        (Standing(account="anna", since=START, held=31), "31 deletions wait for your word, under “Waits for you” in"),
        (Standing(account="anna", since=START, outlook=TAKEN_OUT), "Outlook is not in step any more. Set it up again."),
    ],
)
def test_who_has_to_decide_is_told_what_and_how_and_only_once(standing: Standing, advice: str) -> None:
    screen = Screen()
    (told,) = screen.after(standing)
    assert advice in told
    assert screen.after(standing, minutes=600) == []


def test_more_of_the_same_is_told_in_the_place_of_the_earlier_warning_and_less_is_not() -> None:
    screen = Screen()
    for count in (1, 3, 2, 2):
        screen.after(Standing(account="anna", since=START, skipped=count))
    assert len(screen.told) == 2
    assert list(screen.shown.values()) == [
        "anna: 3 changes were refused. Decide under “Waits for you” in the desk, or with: passerelle skipped list"
    ]


def test_an_account_that_shall_not_be_watched_over_is_not() -> None:
    screen = Screen()
    for state in (State.PAUSED, State.DISABLED):
        assert screen.after(Standing(account="anna", state=state, since=START, warn_after_s=1.0), minutes=600) == []
