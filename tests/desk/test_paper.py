"""What is printed: all of what a page shows, of what one may see, and laid out for paper."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import Page, expect

from passerelle.model.folders import Module
from passerelle.model.items import Contact, Task
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor
from tests.groupware.office import MONDAY, READER, Office, at, daily, days, meeting

SUNDAY = MONDAY + timedelta(7)


def test_a_week_on_paper_has_each_day_with_all_that_takes_place(anna: Visitor, office: Office) -> None:
    session, place = office.session("anna"), office.default("anna")
    session.create(place, meeting("Daily", recurrence=daily(3)))
    session.create(place, meeting("Fair", days(MONDAY, 2)), ignore_conflicts=True)
    late = at(23, day=MONDAY, minutes=120)
    session.create(
        place, meeting("Night", late, location="Bar", participants=office.invite("bruno")), ignore_conflicts=True
    )
    page = anna.get("/calendar/paper", layout="week", start=MONDAY, end=SUNDAY, folders=place).text
    assert [page.count(name) for name in ("Daily", "Fair", "Night", "<section>")] == [3, 2, 2, 7]
    assert "<time>23:00–</time>" in page
    assert "<time>–01:00</time>" in page
    assert page.index("Fair") < page.index("Daily")
    listed = anna.get("/calendar/paper", layout="list", start=MONDAY, end=SUNDAY, folders=place).text
    assert "Anna Arnold, Bruno Blanc" in listed or "Bruno Blanc, Anna Arnold" in listed
    assert listed.count("<section>") == 3


def test_a_month_on_paper_cuts_nothing(anna: Visitor, office: Office) -> None:
    for hour in range(12):
        office.session("anna").create(
            office.default("anna"), meeting(f"Call {hour}", at(8 + hour)), ignore_conflicts=True
        )
    first = MONDAY - timedelta(14)
    page = anna.get(
        "/calendar/paper", layout="month", start=first, end=first + timedelta(35), folders=office.default("anna")
    ).text
    assert page.count("Call ") == 12
    assert page.count("<tr>") == 6
    assert anna.get("/calendar/paper", layout="month", start=first, end=first + timedelta(900)).status_code == 422
    assert anna.get("/calendar/paper", layout="poster", start=first, end=SUNDAY).status_code == 422


def test_lists_are_printed_whole_and_as_they_were_searched_and_chosen(anna: Visitor, office: Office) -> None:
    session, book = office.session("anna"), office.default("anna", Module.CONTACTS)
    for number in range(120):
        session.create(book, Contact(last_name=f"Name{number}", mobile=f"+33 {number}", business_city="Lyon"))
    assert anna.get("/contacts/paper").text.count("<section>") == 120
    assert anna.get("/contacts/paper", search="Name77").text.count("<section>") == 1
    session.create(office.default("anna", Module.TASKS), Task(title="Paint"))
    assert "Paint" in anna.get("/tasks/paper").text
    assert "Paint" not in anna.get("/tasks/paper", shown="done").text


def test_paper_shows_nobody_more_than_the_page_and_script_is_only_text(
    anna: Visitor, bruno: Visitor, visitor: Visitor, office: Office
) -> None:
    shared = office.share_default("anna", office.grant("bruno", READER))
    evil = "<script>alert(1)</script>"
    office.session("anna").create(shared, meeting(evil, location=evil))
    office.session("anna").create(shared, meeting("Secret", private=True), ignore_conflicts=True)
    asked = {"layout": "list", "start": MONDAY, "end": SUNDAY, "folders": shared}
    page = bruno.get("/calendar/paper", **asked).text
    assert "alert(1)" in page
    assert evil not in page
    assert "Secret" not in page
    hidden = office.private("anna", "Hidden").id
    office.session("anna").create(hidden, meeting("Hidden one"), ignore_conflicts=True)
    assert "Hidden one" not in bruno.get("/calendar/paper", **asked | {"folders": hidden}).text
    with Visitor(anna.url.removesuffix("/desk")) as stranger:
        assert stranger.get("/contacts/paper").status_code == 303


def test_p_leads_to_the_page_for_paper_which_asks_to_be_printed(window: Desk, office: Office) -> None:
    office.session("anna").create(office.default("anna"), meeting("Review"))
    page = window.page
    page.context.add_init_script("window.printed = 0; window.print = () => { window.printed += 1; }")
    window.show_next_week()
    expect(page.locator(".ec-event", has_text="Review")).to_be_visible()
    for key, seen in (("p", "Review"), ("Control+p", "Review")):
        with page.context.expect_page() as opened:
            page.keyboard.press(key)
        expect(opened.value.locator(".paper.week")).to_contain_text(seen)
        opened.value.wait_for_function("window.printed === 1")
        check(window, opened.value)


def check(window: Desk, opened: Page) -> None:
    before, window.page = window.page, opened
    window.check("paper-light")
    window.page = before
    opened.close()
