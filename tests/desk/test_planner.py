"""The planner: who has time when, what is not known, and times at which all who are needed have time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from passerelle.desk.latchkey import Latchkey
from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.model.items import ShownAs
from passerelle.model.participants import Role
from passerelle.model.principals import FreeBusyDetail
from tests.desk.browsing import Desk, place_of
from tests.desk.home import home_at, visiting
from tests.desk.serving import Visitor, serving_locally
from tests.desk.test_pages import SCRIPT, dialog, only
from tests.groupware.office import MONDAY, Office, appointment_of, at, days, meeting


def planned(visitor: Visitor, participants: str, **fields: object) -> str:
    """What the planner shows of some people on Monday at ten."""
    asked = {"start": f"{MONDAY}T10:00", "end": f"{MONDAY}T11:00", "participants": participants}
    answer = visitor.post("/calendar/planner", **asked | fields)
    assert answer.status_code == 200, answer.text
    return " ".join(answer.text.split())


@pytest.fixture
def busy(office: Office) -> None:
    """Bruno is at the dentist's at ten, the room is taken at eleven, and Carla is away on Tuesday."""
    office.session("bruno").create(office.default("bruno"), meeting("Dentist", at(10), private=True))
    office.session("carla").create(
        office.default("carla"), meeting("Board", at(11), participants=(office.invite_room(),))
    )
    office.session("carla").create(office.default("carla"), meeting("Away", days(MONDAY + timedelta(1))))


def test_everybodys_time_is_shown_and_nothing_of_what_it_is_for(anna: Visitor, office: Office, busy: None) -> None:
    page = planned(anna, "Bruno Blanc\nMeeting room\nStaff\nguest@example.com")
    assert "busy 10:00–11:00" in page
    assert "busy 11:00–12:00" in page
    assert "Dentist" not in page
    assert "not known" in page
    assert page.count('<tr class="busy">') == 2  # Bruno, and the group that he is in
    assert page.count('<tr class="unknown">') == 1
    assert page.count('<tr class="free">') == 2  # the room, and Anna, whose calendar it goes into


def test_times_are_proposed_at_which_all_who_are_needed_have_time(anna: Visitor, office: Office, busy: None) -> None:
    page = planned(anna, "Bruno Blanc\nMeeting room", optional="Carla Čech")
    assert f'data-take="{MONDAY}T08:00/{MONDAY}T09:00"' in page
    assert f'data-take="{MONDAY}T10:00/' not in page
    assert f'data-take="{MONDAY + timedelta(1)}T08:00/{MONDAY + timedelta(1)}T09:00"' in page
    assert "without Carla Čech" in page
    assert f'data-take="{MONDAY + timedelta(1)}T' not in planned(anna, "Carla Čech")


def test_for_whole_days_whole_days_are_proposed(anna: Visitor, office: Office, busy: None) -> None:
    page = planned(anna, "Carla Čech", all_day="1", first=MONDAY, last=MONDAY + timedelta(1))
    third = MONDAY + timedelta(2)
    assert f'data-take="{third}/{third + timedelta(1)}"' in page
    assert f'data-take="{MONDAY}/' not in page


def test_who_publishes_nothing_is_not_known_and_the_appointment_itself_is_not_in_the_way(
    anna: Visitor, office: Office, busy: None
) -> None:
    office.session("bruno").publish_free_busy(FreeBusyDetail.NOTHING)
    mine = office.session("anna").create(
        office.default("anna"), meeting("Mine", at(10), participants=office.invite("anna"))
    )
    page = planned(anna, "Bruno Blanc", id=mine.id, folder=mine.folder)
    assert "10:00" not in page
    assert page.count('<tr class="unknown">') == 1
    assert page.count('<tr class="free">') == 1


def test_who_need_not_come_is_kept_apart_and_keeps_the_answer(anna: Visitor, office: Office) -> None:
    fields = anna.form("/calendar/item", start=f"{MONDAY}T09:00", end=f"{MONDAY}T10:00") | {"title": "Plans"}
    asked = fields | {"participants": "Bruno Blanc", "optional": "Carla Čech\nBruno Blanc"}
    assert anna.post("/calendar/save", **asked).status_code == 204
    roles = {one.id: one.role for one in appointment_of(only(office)).participants}
    assert (roles[office.user("bruno").id], roles[office.user("carla").id]) == (Role.REQUIRED, Role.OPTIONAL)
    again = dialog(anna, only(office))
    assert again["optional"] == "Carla Čech"
    assert (
        anna.post("/calendar/save", **again | {"participants": again["participants"] + "\nCarla Čech"}).status_code
        == 204
    )
    assert {one.role for one in appointment_of(only(office)).participants} == {Role.REQUIRED}


def test_names_are_found_by_their_beginnings(anna: Visitor) -> None:
    assert "Bruno Blanc" in anna.get("/calendar/names", party="bl").text
    assert "Meeting room" in anna.get("/calendar/names", party="ROOM").text
    assert anna.get("/calendar/names", party="").text.strip() == ""


def test_what_is_no_name_is_said_and_no_script_runs(anna: Visitor) -> None:
    asked = {"start": f"{MONDAY}T10:00", "end": f"{MONDAY}T11:00", "participants": SCRIPT}
    refused = anna.post("/calendar/planner", **asked)
    assert refused.status_code == 422
    assert refused.headers["content-type"].startswith("text/plain")


def test_a_replica_says_what_it_cannot_know(office: Office, context: BrowserContext) -> None:
    silent = Session(office.store, office.user("anna").id, teller=Teller.SERVER)
    with serving_locally(office) as (url, doors):
        assert isinstance(doors, Latchkey)
        doors._session = lambda: silent
        desk = Desk(context, f"{url}/desk")
        desk.page.goto(f"{url}/desk{doors.invite()}")
        _begin(desk.page)
        desk.page.get_by_label("Required, one a line").fill("Bruno Blanc")
        desk.page.click("text=Who has time when?")
        expect(desk.page.locator(".planner [role=note]")).to_be_visible()
        expect(desk.page.get_by_role("row", name="Bruno Blanc not known")).to_be_visible()
        assert desk.troubles == []


def _begin(page: Page) -> None:
    """Open the dialog of a new appointment, as soon as the page listens."""
    expect(page.locator(".ec")).to_be_visible()
    page.keyboard.press("n")


def test_a_time_is_planned_by_suggestion_and_by_drawing(window: Desk, office: Office, busy: None) -> None:
    carla, calendar, page = office.session("carla"), office.default("carla"), window.page
    carla.create(calendar, meeting("Perhaps", at(16, 30, minutes=90), shown_as=ShownAs.TEMPORARY))
    carla.create(calendar, meeting("Out", at(9, 30), shown_as=ShownAs.ABSENT))
    _begin(page)
    page.fill("[name=title]", "Together")
    page.fill("[name=start]", f"{MONDAY}T10:00")
    page.fill("[name=end]", f"{MONDAY}T11:00")
    party = page.get_by_label("Name or mail address")
    party.fill("Bruno Blanc")
    party.press("Enter")
    page.click("text=Who has time when?")
    expect(page.get_by_role("row", name="Bruno Blanc busy")).to_be_visible()
    party.fill("Meeting room")
    page.get_by_role("button", name="Optional").click()
    expect(page.get_by_role("row", name="Meeting room optional free")).to_be_visible()
    page.get_by_label("Optional, one a line").fill("Meeting room\nCarla Čech\nguest@example.com")
    page.locator(".proposals button").first.click()
    expect(page.locator("[name=start]")).to_have_value(f"{MONDAY}T08:00")
    expect(page.get_by_role("row", name="Bruno Blanc free")).to_be_visible()
    line = place_of(page.locator(".planner .line svg").first)
    hour = line["width"] / 13
    with page.expect_response("**/calendar/planner"):
        page.mouse.move(line["x"] + 1.4 * hour, line["y"] + 8)
        page.mouse.down()
        page.mouse.move(line["x"] + 8.4 * hour, line["y"] + 8, steps=5)
        page.mouse.up()
    expect(page.locator("[name=start]")).to_have_value(f"{MONDAY}T15:00")
    expect(page.locator("[name=end]")).to_have_value(f"{MONDAY}T16:00")
    window.check("planner-light")
    window.save()
    assert appointment_of(only(office)).when == at(15)


def test_a_replica_asks_its_server_when_others_have_time(url: str, office: Office, busy: None, tmp_path: Path) -> None:
    with home_at(url, tmp_path / "home") as home:
        account = home.add("anna")
        with visiting(home) as anna:
            page = planned(anna, "Bruno Blanc\nMeeting room")
            assert "busy 10:00–11:00" in page
            assert "busy 11:00–12:00" in page
            assert "Dentist" not in page
            assert "only what is on this device" not in page
            assert f'data-take="{MONDAY}T10:00/' not in page
            assert "only what is on this device" in planned(anna, "Bruno Blanc\nguest@example.com")
            home.accounts.change(account.name, lambda one: msgspec.structs.replace(one, url="http://127.0.0.1:9"))
            page = planned(anna, "Bruno Blanc")
            assert "only what is on this device" in page
            assert '<tr class="unknown">' in page


def test_a_meeting_that_is_planned_anew_does_not_stand_in_its_own_way(url: str, office: Office, tmp_path: Path) -> None:
    made = office.session("anna").create(
        office.default("anna"), meeting("Jour fixe", at(10), participants=office.invite("bruno"))
    )
    assert made.id
    with home_at(url, tmp_path / "home") as home:
        account = home.add("anna")
        with home.accounts.replica(account) as replica, replica.store.reading() as tx:
            (id_,) = tx.items.by_uid(made.item.uid or "")
        with visiting(home) as anna:
            assert '<tr class="busy">' in planned(anna, "Bruno Blanc")
            assert '<tr class="busy">' not in planned(anna, "Bruno Blanc", id=id_)
