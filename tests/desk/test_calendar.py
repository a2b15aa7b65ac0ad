"""What people do in the calendar, in a browser: parts of series, times that collide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from passerelle.model.items import ShownAs
from passerelle.model.moments import Timed, local_day, zone_info
from tests.desk.browsing import AXE, Desk, place_of
from tests.groupware.office import MONDAY, ZONE, Office, at, daily, days, meeting

HOUR = 2 * 26
"""How high an hour is, in pixels."""


@pytest.fixture
def page(chromium: Browser, url: str, office: Office) -> Iterator[Page]:
    """Anna's calendar at next week, with a series from Monday to Wednesday."""
    office.session("anna").create(office.default("anna"), meeting("Series", recurrence=daily(3)))
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, timezone_id="Europe/Paris", reduced_motion="reduce"
    )
    context.add_init_script("localStorage.setItem('view', 'timeGridWeek')")
    desk = Desk(context, f"{url}/desk")
    desk.enter("anna")
    desk.show_next_week()
    expect(desk.page.locator(".ec-event", has_text="Series")).to_have_count(3)
    yield desk.page
    context.close()
    assert desk.troubles == []


def drag(page: Page, title: str, number: int, hours: int) -> None:
    """Move an appointment of the week down by some hours."""
    box = place_of(page.locator(".ec-event", has_text=title).nth(number))
    x, y = box["x"] + 20, box["y"] + 10
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + hours * HOUR, steps=6)
    page.mouse.up()


def times(office: Office, login: str = "anna") -> list[tuple[int, int]]:
    """Which day of the week each appointment is on, and at which hour."""
    found = office.session(login).agenda([office.default(login)], MONDAY, MONDAY + timedelta(7))
    spans = [entry.span for entry in found if isinstance(entry.span, Timed)]
    return [((local_day(one.start, ZONE) - MONDAY).days, one.start.astimezone(zone_info(ZONE)).hour) for one in spans]


def test_parts_of_a_series_are_dragged(page: Page, office: Office) -> None:
    for number, answer, hours in (
        (1, "Cancel", [10, 10, 10]),
        (1, "The whole series", [12, 12, 12]),
        (1, "This and all that follow", [12, 14, 14]),
        (2, "This occurrence", [12, 14, 16]),
    ):
        drag(page, "Series", number, 2)
        chosen = page.get_by_role("dialog", name="This is one of a series.").get_by_role("button", name=answer)
        if answer == "Cancel":
            chosen.click()
        else:
            with page.expect_response("**/calendar/events?*"), page.expect_response("**/calendar/move"):
                chosen.click()
        moved = hours.count(hours[number])
        expect(page.locator(".ec-event", has_text=f"{hours[number]}:00")).to_have_count(moved)
        expect(page.locator("#calendar")).to_have_attribute("aria-busy", "false")
        assert [hour for _, hour in times(office)] == hours, answer


def test_from_one_occurrence_on_a_series_is_renamed_and_then_ended(page: Page, office: Office) -> None:
    page.locator(".ec-event", has_text="Series").nth(1).click()
    page.get_by_label("this and all that follow").check()
    page.get_by_label("Subject").fill("Later")
    page.click("dialog button.primary")
    expect(page.locator(".ec-event", has_text="Series")).to_have_count(1)
    expect(page.locator(".ec-event", has_text="Later")).to_have_count(2)
    page.locator(".ec-event", has_text="Later").nth(1).click()
    page.get_by_label("this and all that follow").check()
    page.once("dialog", lambda question: question.accept())
    page.click("dialog button.danger")
    expect(page.locator(".ec-event", has_text="Later")).to_have_count(1)
    assert len(times(office)) == 2


def test_who_is_in_the_way_of_what_is_dragged_is_said_and_may_be_asked_all_the_same(page: Page, office: Office) -> None:
    lunch = meeting("Lunch", at(15), participants=office.invite("anna", "bruno"))
    office.session("anna").create(office.default("anna"), lunch)
    office.session("bruno").create(office.default("bruno"), meeting("Dentist", at(17)))
    page.reload()
    page.click(".ec-next")
    drag(page, "Lunch", 0, 2)
    question = page.get_by_role("dialog", name="At that time somebody is busy.")
    expect(question).to_contain_text("Bruno Blanc")
    expect(question).to_contain_text("17:00")
    with page.expect_response("**/calendar/move"):
        question.get_by_role("button", name="Move anyway").click()
    assert (0, 17) in times(office)


def test_a_year_is_seen_at_a_glance_and_leads_to_its_days(page: Page, office: Office) -> None:
    fair = date(MONDAY.year, MONDAY.month, 15)
    office.session("anna").create(office.default("anna"), meeting("Fair", days(fair, 3), shown_as=ShownAs.FREE))
    page.get_by_role("button", name="Year").click()
    if page.locator(".ec-title").inner_text() != str(fair.year):
        page.click(".ec-prev")
    second = page.locator(f"[data-day='{fair + timedelta(1)}']")
    expect(second).to_have_accessible_name(re.compile(", [1-9] appointment"))
    expect(page.locator(".year table")).to_have_count(12)
    page.locator(f"[data-day='{fair}']").focus()
    page.keyboard.press("ArrowRight")
    expect(second).to_be_focused()
    office.session("anna").create(office.default("anna"), meeting("Party", days(fair + timedelta(1), 1)))
    expect(second).to_have_accessible_name(re.compile(", 2 appointments"))  # drawn anew
    expect(second).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".ec-event", has_text="Fair")).to_be_visible()
    expect(page.locator(".year")).to_have_count(0)


def test_a_list_of_nothing_is_none_for_those_who_hear_it(page: Page) -> None:
    page.get_by_role("button", name="List").click()
    page.set_viewport_size({"width": 390, "height": 800})
    expect(page.locator(".ec.ec-list")).to_have_attribute("role", "list")
    for _ in range(3):
        page.click(".ec-next")
    expect(page.locator(".ec-no-events")).to_be_visible()
    expect(page.locator(".ec.ec-list")).to_have_attribute("role", "group")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")
    assert [one["id"] for one in found["violations"] if one["impact"] in {"serious", "critical"}] == []
