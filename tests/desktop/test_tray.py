"""What the icon shows and its menu offers, without a panel."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from msgspec import structs

from passerelle import __version__
from passerelle.daemon.control.messages import OutlookStanding, OutlookState, Standing, State
from passerelle.desktop.tray.balloons import Balloons
from passerelle.desktop.tray.fitting import entry_label, fitted
from passerelle.desktop.tray.icons import SIZES, icon, pixmap
from passerelle.desktop.tray.look import Fleet, Look, look_of, summary
from passerelle.desktop.tray.menu import Entry, Order, Verb, menu_of
from passerelle.desktop.tray.numbers import ROOT, NumberedMenu, Numbers
from passerelle.model.text import Text

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


def standing(name: str = "anna", state: State = State.IN_STEP, *, is_working: bool = False, held: int = 0) -> Standing:
    return Standing(account=name, state=state, since=NOW, is_working=is_working, held=held)


@pytest.mark.parametrize(
    ("fleet", "look"),
    [
        (None, Look.OFFLINE),
        ((), Look.OFFLINE),
        ((standing(), standing("ben", State.DISABLED)), Look.IN_STEP),
        ((standing(), standing("ben", State.OFFLINE)), Look.OFFLINE),
        ((standing(state=State.PAUSED),), Look.OFFLINE),
        ((standing("ben", State.OFFLINE), standing(is_working=True)), Look.WORKING),
        ((standing(is_working=True), standing("ben", State.REFUSED)), Look.ATTENTION),
        ((standing(held=3),), Look.ATTENTION),
    ],
)
def test_the_icon_shows_what_needs_the_user_first_then_what_goes_on(fleet: Fleet, look: Look) -> None:
    assert look_of(fleet, NOW) is look


def test_the_icon_says_that_nothing_is_kept_in_step_while_no_daemon_runs() -> None:
    assert "passerelle service install" in summary(None, NOW)
    assert "passerelle service install" in menu_of(None, __version__)[0].text


def orders(entries: tuple[Entry, ...]) -> Iterator[Order]:
    for entry in entries:
        if entry.order is not None and entry.order.verb is not Verb.OPEN:
            yield entry.order
        yield from orders(entry.entries)


def test_the_menu_offers_for_each_account_what_makes_sense_in_its_state() -> None:
    fleet = (standing(), standing("ben", State.PAUSED), standing("eve", State.DISABLED))
    assert list(orders(menu_of(fleet, __version__))) == [
        Order(Verb.SYNC, "anna"),
        Order(Verb.PAUSE, "anna"),
        Order(Verb.DISABLE, "anna"),
        Order(Verb.SYNC, "ben"),
        Order(Verb.RESUME, "ben"),
        Order(Verb.DISABLE, "ben"),
        Order(Verb.ENABLE, "eve"),
        Order(Verb.SYNC),
        Order(Verb.PAUSE),
        Order(Verb.RESUME),
        Order(Verb.QUIT),
    ]


def pages(entries: tuple[Entry, ...]) -> Iterator[str]:
    for entry in entries:
        if entry.order is not None and entry.order.verb is Verb.OPEN:
            yield entry.order.page
        yield from pages(entry.entries)


def test_the_menu_leads_to_each_dialog_of_the_connector() -> None:
    assert list(pages(menu_of((standing("anna & ben"),), __version__))) == [
        *(f"/sync{path}?account=anna%20%26%20ben" for path in ("", "/waiting", "/password", "/settings", "/outlook")),
        "/calendar",
        "/about",
        "/about#update",
    ]
    assert "/sync/new" in list(pages(menu_of((), __version__)))


def test_the_icon_and_the_menu_tell_what_stands_against_outlook() -> None:
    busy = OutlookStanding(state=OutlookState.HINDERED, since=NOW, message=Text("Outlook is busy."))
    account = Standing(account="anna", state=State.IN_STEP, since=NOW, outlook=busy, not_shown=2, skipped=2)
    fleet = (structs.replace(account, not_shown=0, skipped=0),)
    assert look_of(fleet, NOW) is Look.IN_STEP
    assert summary(fleet, NOW) == "In step. Outlook is busy."
    assert "Outlook is not in step. Outlook is busy. 2 changes were refused there." in texts(menu_of((account,), "1"))
    gone = structs.replace(busy, needs_user=True)
    assert look_of((structs.replace(fleet[0], outlook=gone),), NOW) is Look.ATTENTION


def texts(entries: tuple[Entry, ...]) -> list[str]:
    return [text for entry in entries for text in (entry.text, *texts(entry.entries))]


def test_the_menu_says_that_a_newer_version_is_installed_than_runs() -> None:
    texts = [entry.text for entry in menu_of((), "99.1")]
    assert any(text.startswith("Version 99.1 is installed") for text in texts)


def test_a_click_on_an_entry_of_a_menu_that_is_gone_does_nothing() -> None:
    menu = NumberedMenu((Entry(Text("a_b"), Order(Verb.SYNC)),), str, 1, Numbers())
    assert menu.order(1) == Order(Verb.SYNC)
    assert menu.order(2) is None
    assert menu.order(-1) is None
    assert menu.properties(1)["label"] == ("s", "a__b")
    assert menu.layout(ROOT, 0)[2] == []


def test_a_click_does_what_it_said_also_if_the_menu_has_become_another_meanwhile() -> None:
    numbers = Numbers()
    before = (standing("anna", State.PAUSED, held=2), standing("ben"))
    shown = NumberedMenu(menu_of(before, __version__), str, 1, numbers)
    for after in (
        (standing("anna", State.PAUSED), standing("ben")),
        (standing("ben"),),
        (standing("anna"), standing("ben", State.DISABLED), standing("eve")),
        (),
    ):
        present = NumberedMenu(menu_of(after, __version__), str, 2, numbers)
        for number, _ in shown.group(()):
            assert present.order(number) in {shown.order(number), None}
    again = NumberedMenu(menu_of(before, __version__), str, 3, numbers)
    assert [number for number, _ in again.group(())] == [number for number, _ in shown.group(())]


def test_each_state_has_an_icon_of_its_own_in_each_size() -> None:
    for size in SIZES:
        assert len({icon(look, size).tobytes() for look in Look}) == len(Look)
        width, height, pixels = pixmap(Look.IN_STEP, size)
        assert (width, height, len(pixels)) == (size, size, size * size * 4)
        opaque = [pixels[at : at + 4] for at in range(0, len(pixels), 4) if pixels[at] == 255]
        assert opaque
        assert all(pixel[3] > pixel[1] for pixel in opaque)  # alpha, red, green, blue: the bridge is blue


def test_words_on_windows_are_cut_where_it_has_no_room_and_never_within_a_character() -> None:
    assert fitted("anna", 4) == "anna"
    assert fitted("annas", 4) == "ann…"
    assert fitted("ab🌉c", 4) == "ab…"
    assert entry_label("anna & ben") == "anna && ben"


class Shown:
    """An icon with room for one warning."""

    def __init__(self) -> None:
        self.warning: tuple[str, str] | None = None

    def warn(self, title: str, text: Text) -> None:
        self.warning = title, text

    def warn_no_more(self) -> None:
        self.warning = None


def test_a_warning_beside_the_icon_stays_when_an_older_one_is_over() -> None:
    icon = Shown()
    balloons = Balloons(icon)
    first = balloons.show("anna", Text("The password no longer holds."), 0)
    second = balloons.show("", Text("Something else."), 0)
    balloons.withdraw(first)
    assert icon.warning == ("Passerelle", "Something else.")
    balloons.withdraw(second)
    assert icon.warning is None
