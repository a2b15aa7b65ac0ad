"""A calendar is shared as a link from its menu: the link is shown once, and taken back."""

from __future__ import annotations

import re
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from passerelle.groupware.admin.users import UserChange, change_user
from passerelle.groupware.audit import EventKind
from passerelle.groupware.audit import events as audited
from passerelle.groupware.feeds.making import of_folder
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.store.feeds import Detail, Feed
from tests.desk.browsing import Desk
from tests.desk.home import home_at, visiting
from tests.desk.serving import Visitor, serving_locally
from tests.groupware.feeds.feeding import link, titles
from tests.groupware.office import READER, Office, meeting

ADDRESS = re.compile(r'id="link" value="([^"]+)"')


def links_of(office: Office, login: str = "anna", folder: FolderId | None = None) -> list[Feed]:
    return of_folder(office.session(login), folder or office.default(login))


def make(visitor: Visitor, folder: FolderId, detail: str = "limited", label: str = "Choir") -> httpx2.Response:
    return visitor.post("/folders/links/create", id=folder, detail=detail, label=label)


def test_a_link_is_shown_once_opens_the_calendar_and_is_revoked(anna: Visitor, office: Office) -> None:
    home = office.default("anna")
    office.session("anna").create(home, meeting("Lunch"))
    assert "Share as a link" in anna.get("/folders/menu", id=home).text
    made = make(anna, home)
    found = ADDRESS.search(made.text)
    assert (made.status_code, found is not None) == (200, True)
    address = found[1] if found else ""
    assert address.endswith("/calendar.ics")
    assert f'href="webcal:{address.partition(":")[2]}"' in made.text
    assert titles(httpx2.get(address).text) == ["Lunch"]
    again = anna.get("/folders/links", id=home).text
    assert address.split("/")[-2] not in again
    assert "Choir" in again
    (feed,) = links_of(office)
    assert (feed.detail, feed.label) == (Detail.LIMITED, "Choir")
    assert anna.post("/folders/links/revoke", id=home, link=feed.id).status_code == 200
    assert links_of(office) == []
    assert httpx2.get(address).status_code == 404


def test_what_is_not_said_is_asked_for(anna: Visitor, office: Office) -> None:
    for detail, label in (("limited", " "), ("everything", "Choir"), ("", "Choir")):
        refused = make(anna, office.default("anna"), detail, label)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
    assert links_of(office) == []


def test_nobody_shares_or_sees_or_revokes_what_is_not_theirs(anna: Visitor, bruno: Visitor, office: Office) -> None:
    shared = office.share_default("anna", office.grant("bruno", READER))
    own = link(office)
    assert "Share as a link" not in bruno.get("/folders/menu", id=shared).text
    assert make(bruno, shared).status_code == 422
    assert make(bruno, office.default("carla")).status_code == 404
    assert bruno.post("/folders/links/revoke", id=shared, link=own.feed.id).status_code == 404
    assert own.feed.label not in bruno.get("/folders/links", id=shared).text
    assert links_of(office) == [own.feed]
    tasks = office.default("anna", Module.TASKS)
    assert "Share as a link" not in anna.get("/folders/menu", id=tasks).text
    assert make(anna, tasks).status_code == 422


def test_another_site_makes_and_revokes_no_link(anna: Visitor, office: Office) -> None:
    own, fields = link(office), {"id": str(office.default("anna")), "detail": "full", "label": "Thief"}
    for path, data in (("create", fields), ("revoke", {"id": fields["id"], "link": own.feed.id})):
        for headers in ({}, {"X-Desk-Token": anna.token(), "Sec-Fetch-Site": "cross-site"}):
            assert anna.http.post(f"{anna.url}/folders/links/{path}", data=data, headers=headers).status_code == 403
    assert links_of(office) == [own.feed]


def test_whatever_a_link_is_called_is_text(anna: Visitor, office: Office) -> None:
    evil = """<script>alert('x')</script>" onclick='x'"""
    text = make(anna, office.default("anna"), label=evil).text
    assert "<script>alert" not in text
    assert '" onclick' not in text
    assert links_of(office)[0].label == evil


def test_a_replica_makes_none_and_says_where_they_are_made(office: Office) -> None:
    with serving_locally(office) as (url, doors), Visitor(url) as someone:
        someone.get(doors.invite())
        home = office.default("anna")
        assert "Share as a link" in someone.get("/folders/menu", id=home).text
        page = someone.get("/folders/links", id=home).text
        assert "made on the server" in page
        assert "links/create" not in page
        assert "To the server" not in page


def test_the_dialog_of_a_replica_leads_to_the_pages_of_its_server(url: str, tmp_path: Path) -> None:
    with home_at(url, tmp_path / "home") as home:
        home.add()
        with visiting(home) as someone:
            session = home.household.session()
            assert session is not None
            (folder,) = [
                one.folder.id
                for one in session.folders().changed
                if one.folder.is_default and one.folder.module is Module.CALENDAR and not one.shared
            ]
            assert f'href="{url}/desk/calendar"' in someone.get("/folders/links", id=folder).text
            assert make(someone, folder).status_code == 422


def test_an_administrator_sees_whose_links_there_are_and_revokes_them(url: str, office: Office) -> None:
    change_user(office.store, "carla", UserChange(administrator=True, locale="en"))
    own, others = link(office), link(office, login="bruno")
    with Visitor(url) as chief:
        chief.enter("carla")
        page = chief.get("/admin/links").text
        assert "Anna Arnold: 1 link" in page
        assert own.token not in page
        assert own.feed.proof not in page
        assert chief.post("/admin/links/revoke", link=own.feed.id).status_code == 204
        assert chief.post("/admin/links/revoke", link=own.feed.id).status_code == 404
        assert "Anna Arnold" not in chief.get("/admin/links/rows").text
    assert links_of(office) == []
    assert links_of(office, "bruno") == [others.feed]
    with office.store.reading() as tx:
        (noted,) = [one for one in audited(tx, own.feed.created) if one.kind is EventKind.COMMAND]
    assert "link" in noted.about


def test_all_own_links_are_in_the_personal_area_and_no_others(anna: Visitor, bruno: Visitor, office: Office) -> None:
    own, public = link(office), link(office, folder=office.public("anna", "Fairs").id)
    page = anna.get("/personal/links").text
    assert page.count(own.feed.label) >= 2
    assert "Fairs" in page
    assert own.token not in page
    assert own.feed.id not in bruno.get("/personal/links").text
    assert bruno.post("/personal/links/revoke", link=own.feed.id).status_code == 404
    assert anna.post("/personal/links/revoke", link=own.feed.id).status_code == 204
    assert own.feed.id not in anna.get("/personal/links/rows").text
    assert links_of(office, folder=public.feed.folder) == [public.feed]


@pytest.mark.parametrize("width", [1280, 390])
def test_a_calendar_is_shared_by_mouse_and_keyboard(window: Desk, office: Office, width: int) -> None:
    page, home = window.page, office.default("anna")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": width, "height": 800})
    if width < 600:
        page.click("#menu")
    page.locator(f"#folder-{home} .more").click()
    page.get_by_role("menuitem", name="Share as a link…").click()
    page.get_by_label("Titles and places").check()
    page.get_by_label("For whom").fill("Choir")
    page.keyboard.press("Enter")
    field = page.get_by_label("Link", exact=True)
    expect(field).to_have_value(re.compile(r"/feeds/[\w-]{43}/calendar\.ics$"))
    expect(page.get_by_role("button", name="Copy")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("copied")
    assert page.evaluate("navigator.clipboard.readText()") == field.input_value()
    if width > 600:
        window.check_in_both("link")
    else:
        window.check("link-narrow", picture=False)
    page.on("dialog", lambda asked: asked.accept())
    page.get_by_role("button", name="Revoke the link for Choir").click()
    expect(page.locator("dialog .list")).to_have_count(0)
    assert links_of(office) == []
