"""Who is let in to the pages, and who is not (design, section 8)."""

from __future__ import annotations

import http.cookiejar
import re

from passerelle.groupware import provision
from passerelle.model.folders import Module
from passerelle.model.items import Task
from tests.desk.serving import Visitor, serving_locally
from tests.groupware.office import Office, meeting

PAGES = (
    "/calendar", "/contacts", "/tasks", "/calendar/events", "/calendar/item", "/contacts/rows", "/contacts/photo",
    "/events", "/search", "/folders/tree", "/folders/file",
    "/folders/menu", "/folders/new", "/folders/item", "/folders/ending",
)  # fmt: skip
FORMS = (
    "/calendar/save", "/calendar/move", "/calendar/delete", "/calendar/answer", "/contacts/save", "/contacts/delete",
    "/tasks/save", "/tasks/tick", "/tasks/delete",
    "/undo", "/folders/take", "/folders/create", "/folders/permit", "/folders/save", "/folders/delete",
)  # fmt: skip


def cookie(visitor: Visitor) -> http.cookiejar.Cookie:
    (found,) = visitor.http.cookies.jar
    return found


def test_who_comes_to_the_server_finds_the_login(visitor: Visitor) -> None:
    found = visitor.http.get(visitor.url.removesuffix("/desk"), follow_redirects=True)
    assert str(found.url) == f"{visitor.url}/enter"
    assert "Passerelle" in found.text


def test_without_a_login_no_page_shows_anything_and_no_form_does_anything(visitor: Visitor) -> None:
    for path in PAGES:
        answer = visitor.get(path)
        assert answer.status_code in {303, 401}
        assert "Anna" not in answer.text
    for path in FORMS:
        assert visitor.http.post(f"{visitor.url}{path}", data={"id": "1"}).status_code == 401


def test_a_page_of_another_site_cannot_send_a_form(anna: Visitor) -> None:
    token = anna.token()
    for headers in (
        {"Sec-Fetch-Site": "cross-site", "X-Desk-Token": token},
        {"Sec-Fetch-Site": "same-site", "X-Desk-Token": token},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "same-origin", "X-Desk-Token": "0" * 64},
        {"Sec-Fetch-Site": "same-origin", "X-Desk-Token": "é"},
    ):
        sent = [(name.encode(), value.encode()) for name, value in headers.items()]
        for path in FORMS:
            assert anna.http.post(f"{anna.url}{path}", data={"id": "1"}, headers=sent).status_code == 403


def test_a_browser_that_tells_only_the_origin_is_asked_for_it(anna: Visitor) -> None:
    token = anna.token()
    del anna.http.headers["Sec-Fetch-Site"]
    path = f"{anna.url}/tasks/tick"
    host = anna.url.removesuffix("/desk")
    assert anna.http.post(path, headers={"X-Desk-Token": token}).status_code == 403
    assert anna.http.post(path, headers={"X-Desk-Token": token, "Origin": "http://evil.example"}).status_code == 403
    assert anna.http.post(path, headers={"X-Desk-Token": token, "Origin": host}).status_code == 422


def test_the_token_of_one_login_is_not_that_of_another(anna: Visitor, bruno: Visitor) -> None:
    headers = {"X-Desk-Token": bruno.token()}
    assert anna.http.post(f"{anna.url}/tasks/tick", headers=headers).status_code == 403


def test_a_wrong_password_says_so_and_lets_nobody_in(visitor: Visitor) -> None:
    answer = visitor.enter("anna", "wrong")
    assert answer.status_code == 403
    assert "The login or the password is wrong." in answer.text
    assert visitor.get("/calendar").status_code == 303


def test_who_guesses_is_slowed_down(visitor: Visitor) -> None:
    statuses = [visitor.enter("anna", f"guess {number}").status_code for number in range(12)]
    assert statuses[-1] == 429
    assert visitor.enter("anna").status_code == 429


def test_the_login_itself_cannot_be_sent_by_another_site(visitor: Visitor) -> None:
    visitor.http.headers["Sec-Fetch-Site"] = "cross-site"
    assert visitor.enter("anna").status_code == 403
    assert not list(visitor.http.cookies.jar)


def test_each_login_has_a_key_of_its_own_whatever_the_browser_had_before(visitor: Visitor) -> None:
    visitor.http.cookies.set("passerelle-desk", "chosen by somebody else", domain="127.0.0.1", path="/")
    visitor.enter("anna")
    first = visitor.http.cookies.get("passerelle-desk", domain="127.0.0.1", path="/")
    visitor.enter("anna")
    second = visitor.http.cookies.get("passerelle-desk", domain="127.0.0.1", path="/")
    assert len({first, second, "chosen by somebody else"}) == 3


def test_scripts_cannot_read_the_cookie_and_it_ends_with_the_browser_unless_one_stays(visitor: Visitor) -> None:
    visitor.enter("anna")
    assert cookie(visitor).has_nonstandard_attr("HttpOnly")
    assert cookie(visitor).expires is None
    visitor.enter("anna", stays="1")
    assert cookie(visitor).expires is not None


def test_who_logs_out_is_out_and_the_old_cookie_opens_nothing(anna: Visitor) -> None:
    key = anna.http.cookies.get("passerelle-desk") or ""
    assert anna.post("/leave").status_code == 303
    assert anna.get("/calendar").status_code == 303
    anna.http.cookies.set("passerelle-desk", key)
    assert anna.get("/calendar").status_code == 303


def test_another_site_cannot_log_anybody_out(anna: Visitor) -> None:
    assert anna.http.post(f"{anna.url}/leave").status_code == 403
    assert anna.get("/calendar").status_code == 200


def test_a_new_password_ends_the_login(anna: Visitor, office: Office) -> None:
    provision.set_password(office.store, "anna", "a new horse")
    assert anna.get("/calendar").status_code == 303


def test_pages_run_no_scripts_but_ours_and_stand_in_no_frame(anna: Visitor) -> None:
    for path in ("/enter", "/calendar", "/contacts/rows", "/tasks/item"):
        policy = anna.get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy


def test_pages_are_not_kept_in_caches_and_scripts_are(anna: Visitor) -> None:
    page = anna.get("/calendar")
    assert page.headers["Cache-Control"] == "no-store"
    script = page.text.partition('type="module" src="')[2].partition('"')[0]
    assert "immutable" in anna.http.get(anna.url.removesuffix("/desk") + script).headers["Cache-Control"]


def test_what_is_large_is_compressed_and_pages_with_a_secret_are_not(anna: Visitor) -> None:
    style = re.search(r'href="/desk(/static/desk-[^"]+[.]css)"', anna.get("/tasks").text)
    assert style is not None
    assert anna.get(style[1]).headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in anna.get("/calendar").headers


def test_a_form_that_is_too_large_is_refused(anna: Visitor) -> None:
    assert anna.post("/tasks/save", note="x" * 3_000_000).status_code == 413


def test_a_form_of_too_many_fields_is_refused_rather_than_read_in_part(anna: Visitor) -> None:
    assert anna.post("/tasks/save", **{f"field{number}": 1 for number in range(1001)}).status_code == 413


def test_the_address_of_a_replicas_pages_lets_one_browser_in_once(office: Office) -> None:
    with serving_locally(office) as (url, doors), Visitor(url) as first, Visitor(url) as second:
        assert first.get("/calendar").status_code == 401
        path = doors.invite()
        assert first.get(path).status_code == 303
        assert first.get("/calendar").status_code == 200
        assert second.get(path).status_code == 401
        assert second.get("/calendar").status_code == 401
        assert second.get("/enter/guess").status_code == 401


def test_a_site_that_gives_its_name_this_machines_address_is_not_answered(office: Office) -> None:
    with serving_locally(office) as (url, doors), Visitor(url) as someone:
        someone.get(doors.invite())
        port = url.rpartition(":")[2]
        for host in ("evil.example", f"evil.example:{port}", "127.0.0.1", f"[::1]:{port}"):
            answer = someone.http.get(f"{someone.url}/calendar", headers={"Host": host})
            assert answer.status_code == 421
        assert someone.http.get(f"{someone.url}/calendar", headers={"Host": f"localhost:{port}"}).status_code == 200


def test_what_is_done_before_a_replica_is_done_by_its_user(office: Office) -> None:
    with serving_locally(office) as (url, doors), Visitor(url) as someone:
        someone.get(doors.invite())
        fields = someone.form("/tasks/item") | {"title": "Written offline"}
        assert someone.post("/tasks/save", **fields).status_code == 204
    session, folder = office.session("anna"), office.default("anna", Module.TASKS)
    (record,) = session.changes(folder, Module.TASKS).items
    assert isinstance(record.item, Task)
    assert record.item.title == "Written offline"


def test_nobody_sees_what_is_in_the_calendar_of_another(anna: Visitor, office: Office) -> None:
    secret = office.session("bruno").create(office.default("bruno"), meeting("Secret"))
    for path, values in (
        ("/calendar/item", {"id": secret.id, "folder": secret.folder}),
        ("/calendar/events", {"start": "2000-01-01", "end": "2001-01-01", "folders": secret.folder}),
    ):
        answer = anna.get(path, **values)
        assert "Secret" not in answer.text
        assert answer.status_code in {200, 404}
    gone = anna.post("/calendar/delete", id=secret.id, folder=secret.folder, stamp=secret.stamp)
    moved = anna.post("/calendar/move", id=secret.id, folder=secret.folder, stamp=secret.stamp, start="x", end="y")
    assert (gone.status_code, moved.status_code) == (404, 404)
