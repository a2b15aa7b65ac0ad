"""The administration: what administrators do from the pages, and who must not get in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from passerelle.groupware import provision
from passerelle.groupware.admin.administration import Administration
from passerelle.groupware.admin.users import UserChange, change_user
from passerelle.groupware.audit import events
from passerelle.model.errors import Forbidden, NotFound, Unauthenticated
from passerelle.model.principals import Capability, User
from tests.desk.browsing import Desk
from tests.desk.serving import Visitor, serving_locally
from tests.groupware.office import PASSWORD, Office, meeting

PAGES = ("/admin", "/admin/users/rows", "/admin/user", "/admin/user/password", "/admin/user/delete", "/admin/groups",
         "/admin/groups/rows", "/admin/group", "/admin/resources", "/admin/resources/rows", "/admin/resource",
         "/admin/logins", "/admin/logins/rows", "/admin/links", "/admin/links/rows", "/admin/health",
         "/admin/check")  # fmt: skip
FORMS = ("/admin/user/save", "/admin/user/password", "/admin/user/delete", "/admin/group/save", "/admin/group/delete",
         "/admin/resource/save", "/admin/resource/delete", "/admin/logins/end", "/admin/links/revoke")  # fmt: skip


@pytest.fixture
def chief(office: Office, url: str) -> Iterator[Visitor]:
    """Carla, who is an administrator."""
    change_user(office.store, "carla", UserChange(administrator=True, locale="en"))
    with Visitor(url) as someone:
        yield someone.arrive(office, "carla")


def user(office: Office, login: str) -> User:
    with office.store.reading() as tx:
        return provision.existing_user(tx, login)


def fields_of(chief: Visitor, office: Office, login: str) -> dict[str, str]:
    return chief.form("/admin/user", id=user(office, login).id)


def test_who_is_no_administrator_sees_nothing_of_it_and_does_nothing(
    visitor: Visitor, anna: Visitor, office: Office
) -> None:
    before = user(office, "bruno")
    assert "Administration" not in anna.get("/tasks").text
    for path in PAGES:
        answer = anna.get(path, id=before.id)
        assert answer.status_code == 403
        assert "Bruno" not in answer.text
    sent = {"id": before.id, "login": "bruno", "password": "a plain new horse", "fate": "delete", "name": "x"}
    assert {anna.post(path, **sent).status_code for path in FORMS} == {403}
    assert user(office, "bruno") == before
    with pytest.raises(Forbidden):
        Administration(office.session("anna"))


def test_without_a_login_from_another_site_and_before_a_replica_there_is_no_administration(
    chief: Visitor, url: str, office: Office
) -> None:
    with Visitor(url) as stranger:
        assert {stranger.get(path).status_code for path in PAGES} == {303}
        assert {stranger.http.post(f"{stranger.url}{path}").status_code for path in FORMS} == {401}
    headers = {"Sec-Fetch-Site": "cross-site", "X-Desk-Token": chief.token()}
    assert {chief.http.post(f"{chief.url}{path}", headers=headers).status_code for path in FORMS} == {403}
    with serving_locally(office, "carla") as (local, doors), Visitor(local) as someone:
        someone.get(doors.invite())
        assert {someone.get(path).status_code for path in PAGES} == {404}


def test_an_administrator_loses_the_pages_with_the_flag_at_once(chief: Visitor, office: Office) -> None:
    assert chief.get("/admin").status_code == 200
    change_user(office.store, "carla", UserChange(administrator=False))
    assert chief.get("/admin").status_code == 403


def test_a_user_is_added_with_all_that_the_form_says(chief: Visitor, office: Office) -> None:
    fields = chief.form("/admin/user") | {
        "login": "dora", "first_name": "Dora", "last_name": "Dold", "email": "dora@example.org", "quota": "5",
        "password": "four staplers dance", "language": "fr", "zone": "Europe/Berlin",
    }  # fmt: skip
    del fields["may_tasks"]
    assert chief.post("/admin/user/save", **fields).status_code == 204
    made = provision.authenticate(office.store, "dora", "four staplers dance")
    assert (made.display_name, made.locale, made.attachment_quota) == ("Dora Dold", "fr", 5 * 1024 * 1024)
    assert made.withheld == {Capability.TASKS}
    assert not made.administrator
    for wrong in ({"login": "anna"}, {"login": "a b"}, {"zone": "Mars/Base"}, {"password": ""}, {"quota": "x"},
                  {"language": "nl"}, {"email": "nowhere"}):  # fmt: skip
        refused = chief.post("/admin/user/save", **fields | {"login": "emil", "email": "", "first_name": "E"} | wrong)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
        assert "four staplers" not in refused.text
    with pytest.raises(NotFound):
        user(office, "emil")


def test_a_user_is_changed_and_saving_unchanged_changes_nothing(chief: Visitor, office: Office) -> None:
    before = user(office, "anna")
    fields = fields_of(chief, office, "anna")
    assert chief.post("/admin/user/save", **fields).status_code == 204
    assert user(office, "anna") == before
    assert chief.post("/admin/user/save", **fields | {"login": "ann", "administrator": "1"}).status_code == 204
    assert user(office, "ann").administrator
    stale = chief.post("/admin/user/save", **fields | {"login": "other"})
    assert (stale.status_code, "meanwhile" in stale.text) == (422, True)


def test_a_disabled_user_is_out_at_once(chief: Visitor, office: Office, url: str) -> None:
    with Visitor(url) as someone:
        someone.enter("anna")
        fields = fields_of(chief, office, "anna") | {"disabled": "1"}
        assert chief.post("/admin/user/save", **fields).status_code == 204
        assert someone.get("/tasks").status_code == 303
        assert someone.enter("anna").status_code == 403


def test_an_administrator_cannot_lock_oneself_out(chief: Visitor, office: Office) -> None:
    fields = fields_of(chief, office, "carla")
    assert chief.post("/admin/user/save", **fields | {"disabled": "1"}).status_code == 422
    del fields["administrator"]
    assert chief.post("/admin/user/save", **fields).status_code == 422
    assert chief.post("/admin/user/delete", id=user(office, "carla").id, fate="delete").status_code == 422
    assert user(office, "carla").administrator


def test_a_new_password_ends_the_old_one_and_all_logins(chief: Visitor, office: Office, url: str) -> None:
    with Visitor(url) as someone:
        someone.enter("anna")
        sent = {"id": user(office, "anna").id, "password": "four staplers dance"}
        assert chief.post("/admin/user/password", **sent | {"password": ""}).status_code == 422
        assert chief.post("/admin/user/password", **sent).status_code == 204
        assert someone.get("/tasks").status_code == 303
    with pytest.raises(Unauthenticated):
        provision.authenticate(office.store, "anna", PASSWORD)


def test_who_removes_a_user_says_what_becomes_of_the_items(chief: Visitor, office: Office) -> None:
    office.session("anna").create(office.default("anna"), meeting("Handed over"))
    number = user(office, "anna").id
    assert "Anna Arnold" in chief.get("/admin/user/delete", id=number).text
    for wrong in ({}, {"fate": "burn"}, {"fate": "transfer"}, {"fate": "transfer", "heir": "nobody"}):
        assert chief.post("/admin/user/delete", id=number, **wrong).status_code == 422
    removed = chief.post("/admin/user/delete", id=number, fate="transfer", heir="bruno")
    assert removed.status_code == 204
    assert "bruno has 1 item" in removed.headers["HX-Trigger"]
    assert "Anna Arnold" not in chief.get("/admin/users/rows").text
    assert chief.get("/admin/user", id=number).status_code == 404


def test_groups_and_resources_are_made_changed_and_removed(chief: Visitor, office: Office) -> None:
    group = chief.form("/admin/group") | {"name": "choir", "display_name": "Choir", "members": "anna\r\n bruno\r\n"}
    assert chief.post("/admin/group/save", **group).status_code == 204
    assert chief.post("/admin/group/save", **group).status_code == 422
    (made,) = [one for one in Administration(office.session("carla")).organisation().groups if one.name == "choir"]
    assert made.members == (office.user("anna").id, office.user("bruno").id)
    again = chief.form("/admin/group", id=made.id)
    assert chief.post("/admin/group/save", **again | {"members": "nobody"}).status_code == 422
    assert again["members"] == "Anna Arnold <anna>\nBruno Blanc <bruno>"
    assert chief.post("/admin/group/save", **again | {"members": "Bruno Blanc <bruno>"}).status_code == 204
    stale = chief.post("/admin/group/save", **again | {"display_name": "Late"})
    assert (stale.status_code, "changed this meanwhile" in stale.text) == (422, True)
    (kept,) = [one for one in Administration(office.session("carla")).organisation().groups if one.name == "choir"]
    assert (kept.display_name, kept.members) == ("Choir", (office.user("bruno").id,))
    assert "Bruno Blanc &lt;bruno&gt;" in chief.get("/admin/group/people", who="bla").text
    assert chief.post("/admin/group/delete", id=made.id).status_code == 204
    assert chief.get("/admin/group", id=made.id).status_code == 404
    thing = chief.form("/admin/resource") | {"name": "beamer", "email": "beamer@example.org"}
    assert chief.post("/admin/resource/save", **thing).status_code == 204
    assert chief.post("/admin/resource/save", **thing).status_code == 422
    (beamer,) = office.session("anna").resources("beamer")
    known = chief.form("/admin/resource", id=beamer.id) | {"display_name": "Beamer"}
    assert chief.post("/admin/resource/save", **known).status_code == 204
    assert chief.post("/admin/resource/save", **known | {"display_name": "Late"}).status_code == 422
    assert chief.post("/admin/resource/delete", id=beamer.id).status_code == 204
    assert office.session("anna").resources("beamer") == ()


def test_logins_of_others_are_seen_and_ended(chief: Visitor, anna: Visitor) -> None:
    page = chief.get("/admin/logins").text
    assert "Anna Arnold" in page
    row = page.partition("Anna Arnold")[2]
    proof = row.partition('name="proof" value="')[2].partition('"')[0]
    assert chief.post("/admin/logins/end", proof=proof).status_code == 204
    assert anna.get("/tasks").status_code == 303
    assert chief.post("/admin/logins/end", proof=proof).status_code == 404


def test_the_servers_health_is_told_and_checked(chief: Visitor) -> None:
    page = chief.get("/admin/health").text
    assert all(one in page for one in ("Free on the disk", "Database", "Last backup", "Mail not sent"))
    assert "All is well." in chief.get("/admin/check").text


def test_the_audit_names_the_administrator_who_did_it(chief: Visitor, office: Office) -> None:
    fields = fields_of(chief, office, "anna") | {"first_name": "Ann"}
    chief.post("/admin/user/save", **fields)
    chief.post("/admin/user/password", id=office.user("anna").id, password="four staplers dance")
    with office.store.reading() as tx:
        found = events(tx, datetime.now(UTC) - timedelta(hours=1))
    carla = office.user("carla").id
    about = {(one.actor, one.about) for one in found}
    assert (carla, f"user {office.user('anna').id}") in about
    assert (carla, f"new password for user {office.user('anna').id}") in about


def test_names_of_scripts_are_only_names(chief: Visitor, office: Office) -> None:
    script = "<script>alert(1)</script>"
    provision.add_group(office.store, script)
    provision.add_resource(office.store, script, description=script)
    change_user(office.store, "anna", UserChange(display_name=script))
    for path in ("/admin", "/admin/groups", "/admin/resources"):
        page = chief.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_an_administrator_works_in_the_browser(window: Desk, office: Office) -> None:
    change_user(office.store, "anna", UserChange(administrator=True))
    desk, page = window, window.page
    page.reload()
    page.click("nav >> text=Administration")
    desk.check_in_both("admin")
    page.click("text=New user")
    page.get_by_label("Login").fill("dora")
    page.get_by_label("First name").fill("Dora")
    page.get_by_label("Password").fill("four staplers dance")
    desk.check_in_both("admin-user")
    desk.save()
    expect(page.locator("#rows")).to_contain_text("Dora")
    page.get_by_label("Search users").fill("dor")
    expect(page.locator("#rows")).to_contain_text("1 user")
    page.click("#rows >> text=Dora")
    page.click("text=Remove …")
    desk.check_in_both("admin-removal")
    page.get_by_label("They are deleted").check()
    page.click("text=Remove the user for good")
    expect(page.locator("#messages")).to_contain_text("Removed user dora")
    for name, shown in (("Groups", "Staff"), ("Resources", "Meeting room"), ("Logins", "Anna"), ("Health", "Database")):
        page.click(f"aside >> text={name}")
        expect(page.locator("main")).to_contain_text(shown)
        desk.check_in_both(f"admin-{name.lower()}")
    page.get_by_role("button", name="Check").click()
    expect(page.locator("#check")).to_contain_text("All is well.")


def test_members_of_a_group_are_found_by_name_and_taken_out(window: Desk, office: Office) -> None:
    change_user(office.store, "anna", UserChange(administrator=True))
    page = window.page
    page.goto(f"{window.url}/admin/groups")
    page.click("#rows >> text=Staff")
    page.get_by_label("Find somebody").press_sequentially("arn")
    expect(page.locator("#found-members option")).to_have_count(1)
    page.get_by_label("Find somebody").fill("Anna Arnold <anna>")
    page.get_by_label("Find somebody").press("Enter")
    page.get_by_role("button", name="Remove Bruno Blanc <bruno>").click()
    window.check_in_both("admin-group")
    window.save()
    with office.store.reading() as tx:
        group = tx.principals.group(office.group("staff").id)
    assert group is not None
    assert set(group.members) == {office.user("anna").id, office.user("carla").id}
