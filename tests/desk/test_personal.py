"""The personal area: what users set about themselves, and who cannot."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, expect

from passerelle.groupware import provision
from passerelle.groupware.passwords import PasswordRules, set_rules
from passerelle.model.errors import Unauthenticated
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, Module
from passerelle.model.ids import UserId
from passerelle.model.items import Contact
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor, serving_locally
from tests.groupware.office import PASSWORD, Office

PAGES = ("/personal", "/personal/password", "/personal/place", "/personal/devices", "/personal/devices/rows",
         "/personal/links", "/personal/links/rows")  # fmt: skip
FORMS = ("/personal/card", "/personal/password", "/personal/strength", "/personal/place", "/personal/devices/end",
         "/personal/links/revoke")  # fmt: skip
NEW = "a plain new horse"


def change(visitor: Visitor, old: str = PASSWORD, new: str = NEW, again: str = "") -> int:
    return visitor.post("/personal/password", old=old, password=new, again=again or new).status_code


def test_nobody_gets_in_without_a_login_or_from_another_site(visitor: Visitor, office: Office) -> None:
    assert {visitor.get(path).status_code for path in PAGES} == {303}
    assert {visitor.http.post(f"{visitor.url}{path}").status_code for path in FORMS} == {401}
    visitor.enter("anna")
    sent = {"old": PASSWORD, "password": NEW, "again": NEW, "zone": "UTC", "language": "de"}
    assert {visitor.http.post(f"{visitor.url}{path}", data=sent).status_code for path in FORMS} == {403}
    assert provision.authenticate(office.store, "anna", PASSWORD).locale == "en"


def test_in_front_of_a_replica_there_is_no_personal_area(office: Office) -> None:
    with serving_locally(office) as (url, doors), Visitor(url) as someone:
        someone.get(doors.invite())
        assert {someone.get(path).status_code for path in PAGES} == {404}


def test_a_new_password_logs_out_everybody_but_this_browser(visitor: Visitor, url: str, office: Office) -> None:
    visitor.enter("anna")
    with Visitor(url) as other:
        other.enter("anna")
        assert change(visitor) == 204
        assert other.get("/tasks").status_code == 303
    assert visitor.get("/tasks").status_code == 200
    assert "Your password is changed." in visitor.get("/personal/password", new=1).text
    assert provision.authenticate(office.store, "anna", NEW).login == "anna"


def test_the_old_password_is_asked_for_and_guessing_it_is_slowed_down(anna: Visitor, office: Office) -> None:
    refused = anna.post("/personal/password", old="wrong", password=NEW, again=NEW)
    assert refused.status_code == 422
    assert "The old password is wrong." in refused.text
    assert NEW not in refused.text
    for _ in range(12):
        change(anna, old="wrong")
    assert change(anna) == 422
    assert provision.authenticate(office.store, "anna", PASSWORD).login == "anna"


def test_what_a_new_password_lacks_is_said(anna: Visitor, office: Office) -> None:
    assert change(anna, new="one", again="other") == 422
    assert change(anna, new="") == 422
    with office.store.writing(UserId(0), "test") as tx:
        set_rules(tx, PasswordRules(strict=True))
    assert change(anna, new="secret") == 422
    with pytest.raises(Unauthenticated):
        provision.authenticate(office.store, "anna", "secret")


def test_the_strength_is_told_as_one_types_and_knows_ones_own_name(anna: Visitor) -> None:
    weak = anna.post("/personal/strength", password="anna arnold").text
    assert 'value="0"' in weak or 'value="1"' in weak
    assert "anna arnold" not in weak
    assert 'value="4"' in anna.post("/personal/strength", password="four staplers dance on wet slate").text
    assert "<meter" not in anna.post("/personal/strength", password="").text


def test_the_own_card_is_changed_but_not_its_main_address(anna: Visitor, bruno: Visitor, office: Office) -> None:
    fields = anna.form("/personal")
    wanted = fields | {"mobile": "+33 1", "last_name": "Arnaud", "email1": "boss@example.org", "pager": "7"}
    assert anna.post("/personal/card", **wanted).status_code == 200
    entry = office.session("anna").user.contact
    assert entry is not None
    card = office.session("bruno").get(entry, Module.CONTACTS, GLOBAL_ADDRESS_BOOK).item
    assert isinstance(card, Contact)
    assert (card.mobile, card.pager, card.display_name) == ("+33 1", "7", "Anna Arnaud")
    assert card.email1 == "anna@example.org"
    assert office.session("anna").user.display_name == "Anna Arnaud"
    stale = anna.post("/personal/card", **fields | {"mobile": "+33 2"})
    assert stale.status_code == 422
    taken = anna.post("/personal/card", **anna.form("/personal") | {"display_name": "Bruno Blanc"})
    assert (taken.status_code, "already called" in taken.text) == (422, True)


def test_language_and_time_zone_are_chosen(anna: Visitor, office: Office) -> None:
    assert anna.post("/personal/place", zone="Mars/Base", language="fr").status_code == 422
    assert anna.post("/personal/place", zone="America/Lima", language="nl").status_code == 422
    assert anna.post("/personal/place", zone="America/Lima", language="fr").status_code == 204
    user = office.session("anna").user
    assert (user.zone, user.locale) == ("America/Lima", "fr")
    assert '<html lang="fr">' in anna.get("/personal/place").text


def test_another_device_is_logged_out_but_nobody_elses(visitor: Visitor, bruno: Visitor, url: str) -> None:
    visitor.http.headers["User-Agent"] = "<b>Old laptop"
    visitor.enter("anna")
    with Visitor(url) as phone:
        phone.enter("anna")
        page = phone.get("/personal/devices").text
        assert "&lt;b&gt;Old laptop" in page
        proof = page.partition('name="proof" value="')[2].partition('"')[0]
        assert bruno.post("/personal/devices/end", proof=proof).status_code == 404
        assert visitor.get("/tasks").status_code == 200
        assert phone.post("/personal/devices/end", proof=proof).status_code == 204
        assert visitor.get("/tasks").status_code == 303
        assert phone.get("/tasks").status_code == 200


def test_a_person_changes_card_password_and_language_in_the_browser(window: Desk) -> None:
    page = window.page
    page.click("text=Anna Arnold")
    page.get_by_label("Mobile", exact=True).fill("+33 6")
    page.click("text=Save")
    expect(page.locator("main [role=status]")).to_contain_text("Your data are saved.")
    expect(page.get_by_label("Mobile", exact=True)).to_have_value("+33 6")
    window.check("personal-light")
    page.click("aside >> text=Password")
    page.get_by_label("Old password").fill(PASSWORD)
    page.get_by_label("New password", exact=True).press_sequentially("four staplers dance")
    expect(page.locator("meter")).to_be_visible()
    window.check("personal-password-light")
    page.get_by_label("New password, once more").fill("four staplers dance")
    page.keyboard.press("Enter")
    expect(page.locator("main [role=status]")).to_contain_text("Your password is changed.")
    page.click("aside >> text=Logins")
    window.check("personal-devices-light")
    page.click("aside >> text=Language")
    window.check("personal-place-light")
    page.get_by_label("Language").select_option("de")
    page.click("main >> text=Save")
    expect(page.get_by_role("heading", name="Sprache")).to_be_visible()


def test_the_personal_area_is_accessible_in_the_dark_and_on_a_telephone(context: BrowserContext, url: str) -> None:
    desk = Desk(context, f"{url}/desk")
    desk.page.set_viewport_size({"width": 390, "height": 800})
    desk.page.emulate_media(color_scheme="dark")
    desk.enter("anna")
    desk.page.click("text=Anna")
    desk.check("personal-phone-dark")
    assert desk.page.evaluate("document.documentElement.scrollWidth") <= 390
    assert desk.troubles == []
