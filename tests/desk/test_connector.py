"""The connector's dialogs without a browser: what they tell and do, in front of a replica with a real server behind."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from passerelle.groupware import provision
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Task
from passerelle.peers.base import Anchor
from passerelle.peers.line.certificates import Untrusted, spelled
from passerelle.server.app import create_app
from passerelle.server.push.hub import Hub
from passerelle.sync.accounts.registry import Account
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.report import CycleResult
from tests.desk.home import Home, home_at, visiting
from tests.desk.scenes import calendar_of, clash, empty_calendar, refuse
from tests.desk.serving import Visitor, listening, serving_locally
from tests.groupware.office import PASSWORD, Office, meeting
from tests.support.certificates import Made
from tests.support.waiting import eventually

PAGES = ("/sync", "/sync/state", "/sync/light", "/sync/waiting", "/sync/asked", "/sync/history", "/sync/lines",
         "/sync/settings", "/sync/password", "/sync/certificate", "/sync/new", "/sync/folder",
         "/sync/outlook", "/sync/outlook/state")  # fmt: skip
FORMS = (
    "/sync/now", "/sync/enable", "/sync/disable", "/sync/show", "/sync/retry", "/sync/discard", "/sync/keep",
    "/sync/decide", "/sync/confirm", "/sync/accept", "/sync/undo", "/sync/copy", "/sync/restore",
    "/sync/save", "/sync/password", "/sync/trust", "/sync/remove", "/sync/add", "/sync/compare",
    "/sync/outlook/set-up", "/sync/outlook/remove",
)  # fmt: skip


@pytest.fixture
def home(url: str, tmp_path: Path) -> Iterator[Home]:
    with home_at(url, tmp_path / "home") as found:
        yield found


@pytest.fixture
def account(home: Home) -> Account:
    return home.add()


@pytest.fixture
def user(home: Home, account: Account) -> Iterator[Visitor]:
    with visiting(home) as someone:
        yield someone


def test_without_the_token_no_dialog_shows_or_does_anything(home: Home, account: Account) -> None:
    with Visitor(home.url) as stranger:
        for path in PAGES:
            answer = stranger.get(path)
            assert answer.status_code == 401
            assert account.name not in answer.text
        for path in FORMS:
            assert stranger.http.post(f"{stranger.url}{path}", data={"account": account.name}).status_code == 401


def test_a_page_of_another_site_decides_nothing(user: Visitor, home: Home) -> None:
    for path in FORMS:
        sent = user.http.post(
            f"{user.url}{path}", headers={"Sec-Fetch-Site": "cross-site", "X-Desk-Token": user.token()}
        )
        assert sent.status_code == 403
    assert home.accounts.get().enabled


def test_a_server_has_none_of_these_pages(anna: Visitor) -> None:
    assert {anna.get(path).status_code for path in PAGES} == {404}


def test_a_machine_without_accounts_asks_for_one(home: Home) -> None:
    with visiting(home) as someone:
        for path in ("/calendar", "/tasks", "/sync", "/contacts/rows"):
            answer = someone.get(path)
            assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/sync/new")


def test_the_monitor_tells_what_was_in_step_when_and_what_is_to_be_sent(user: Visitor, home: Home) -> None:
    home.household.replica(home.accounts.get()).session().create(calendar_of(home), meeting("Offline"))
    page = user.get("/sync").text
    assert "anna" in page
    assert home.server in page
    assert "<dt>To be sent</dt><dd>1</dd>" in page
    assert page.count('<th scope="row">') >= 3
    assert PASSWORD not in page


def test_what_was_refused_is_no_more_to_be_sent_in_any_place(
    user: Visitor, home: Home, account: Account, office: Office
) -> None:
    office.session("anna").create(office.default("anna"), meeting("Kept"))
    home.cycle(account)
    refuse(home, account, "Kept")
    calendar = calendar_of(home)
    home.household.replica(account).session().create(calendar, meeting("Offline"), ignore_conflicts=True)
    page = user.get("/sync").text
    assert "<dt>To be sent</dt><dd>1</dd>" in page
    row = page.partition('<th scope="row">Calendar</th>')[2]
    assert row.startswith('<td class="number">2</td><td class="number">1</td>')
    tab = user.get("/sync/folder", id=calendar).text
    assert "<dt>To be sent</dt><dd>1</dd>" in tab
    assert re.search(r"<dt>Waits for you</dt><dd><a [^>]*>1</a>", tab)
    replica = home.household.replica(account)
    assert sum(one.unsent for one in replica.status().folders) == 2


def test_a_folder_is_compared_item_by_item_from_its_properties(user: Visitor, home: Home, office: Office) -> None:
    calendar = calendar_of(home)
    assert f"/sync/folder?id={calendar}" in user.get("/folders/item", id=calendar).text
    assert "all are kept" in user.get("/sync/folder", id=calendar).text
    replica = home.household.replica(home.accounts.get())
    with replica.store.writing(replica.membership.user, "test") as tx:  # as if it had never been here
        lost = office.session("anna").create(office.default("anna"), meeting("Lost"))
        link = next(one for one in tx.sync.folder_links() if one.local == calendar)
        tx.sync.put_folder_link(msgspec.structs.replace(link, anchor=Anchor(str(lost.stamp + 1))))
    assert user.post("/sync/compare", id=calendar).status_code == 204
    eventually(lambda: home.household.outcome(home.accounts.get()), "the end of the cycle")
    session = replica.session()
    assert [one.item.uid for one in session.changes(calendar, Module.CALENDAR).items] == [lost.item.uid]
    assert user.get("/sync/folder", id=2**40).status_code == 404


def test_synchronise_now_sends_what_waits(user: Visitor, home: Home, office: Office) -> None:
    session = home.household.session()
    assert session is not None
    calendar = next(
        one.folder.id for one in session.folders().changed if one.folder.name == "Calendar" and not one.shared
    )
    session.create(calendar, meeting("From home"))
    assert user.post("/sync/now", account="anna").status_code == 204
    eventually(lambda: home.household.outcome(home.accounts.get()), "the end of the cycle")
    (there,) = office.session("anna").changes(office.default("anna"), Module.CALENDAR).items
    assert isinstance(there.item, Appointment)
    assert there.item.title == "From home"
    assert "<dt>To be sent</dt><dd>0</dd>" in user.get("/sync/state").text


def test_an_account_is_disabled_and_enabled(user: Visitor, home: Home) -> None:
    assert user.post("/sync/disable", account="anna").status_code == 204
    assert not home.accounts.get().enabled
    assert "This account is disabled." in user.get("/sync/state").text
    assert user.post("/sync/enable", account="anna").status_code == 204
    assert home.accounts.get().enabled


def test_a_refused_password_is_told_with_the_way_to_give_the_new_one(user: Visitor, home: Home, office: Office) -> None:
    provision.set_password(office.store, "anna", "a new horse")
    user.post("/sync/now", account="anna")
    eventually(lambda: home.household.outcome(home.accounts.get()), "the end of the cycle")
    state = user.get("/sync/state").text
    assert "The password is refused" in state
    assert "/sync/password?account=anna" in state


def test_another_account_of_the_machine_is_shown_when_asked_for(user: Visitor, home: Home, office: Office) -> None:
    office.session("bruno").create(office.default("bruno", Module.TASKS), Task(title="Of Bruno"))
    home.add("bruno")
    assert "Of Bruno" not in user.get("/tasks").text
    assert user.post("/sync/show", account="bruno").headers["HX-Redirect"] == "/desk/calendar"
    assert "Of Bruno" in user.get("/tasks").text


def only(office: Office) -> Appointment:
    (record,) = office.session("anna").changes(office.default("anna"), Module.CALENDAR).items
    assert isinstance(record.item, Appointment)
    return record.item


def test_a_conflict_is_decided_field_by_field(user: Visitor, home: Home, account: Account, office: Office) -> None:
    clash(home, account, office)
    page = user.get("/sync/waiting").text
    assert all(one in page for one in ("My plan", "Their plan", "My room", "Their room"))
    (number,) = [one.id for one in home.household.replica(account).waiting.conflicts()]
    asked = {"account": "anna", "number": number}
    assert user.post("/sync/decide", **asked).status_code == 422
    assert user.post("/sync/decide", **asked, **{"field-title": "nobody"}).status_code == 422
    assert user.post("/sync/decide", **asked, **{"field-title": "mine", "field-nothing": "mine"}).status_code == 404
    assert user.post("/sync/decide", **asked, **{"field-title": "mine", "field-location": "server"}).status_code == 204
    home.cycle(account)
    assert (only(office).title, only(office).location) == ("My plan", "Their room")
    assert "Nothing waits for your decision." in user.get("/sync/asked").text


def test_a_conflict_is_decided_as_a_whole(user: Visitor, home: Home, account: Account, office: Office) -> None:
    clash(home, account, office)
    (number,) = [one.id for one in home.household.replica(account).waiting.conflicts()]
    assert user.post("/sync/decide", account="anna", number=number, all="server").status_code == 204
    home.cycle(account)
    assert (only(office).title, only(office).location) == ("Their plan", "Their room")


@pytest.mark.parametrize(("decision", "left"), [("keep", 30), ("delete", 0)])
def test_many_deletions_wait_for_a_word(
    user: Visitor, home: Home, account: Account, office: Office, decision: str, left: int
) -> None:
    empty_calendar(home, account, office)
    page = user.get("/sync/waiting").text
    assert "Many deletions at once: Calendar" in page
    assert "Day 7" in page
    (held,) = home.household.replica(account).waiting.held()
    assert user.post("/sync/confirm", account="anna", number=held.number, decision=decision).status_code == 204
    home.cycle(account)
    assert len([*office.session("anna").changes(office.default("anna"), Module.CALENDAR).items]) == left
    assert sum(one.items for one in home.household.replica(account).status().folders if one.name == "Calendar") == left


@pytest.mark.parametrize("choice", ["retry", "discard", "keep"])
def test_a_refused_change_is_shown_with_both_versions_and_decided_on(
    user: Visitor, home: Home, account: Account, office: Office, choice: str
) -> None:
    office.session("anna").create(office.default("anna"), meeting("Agreed"))
    home.cycle(account)
    number = refuse(home, account, "Agreed")
    page = user.get("/sync/waiting").text
    assert all(one in page for one in ("The server does not want it.", "Agreed", "Refused"))
    assert user.post(f"/sync/{choice}", account="anna", number=number).status_code == 204
    home.cycle(account)
    there = office.session("anna").changes(office.default("anna"), Module.CALENDAR).items
    titles = {one.item.title for one in there if isinstance(one.item, Appointment)}
    assert titles == {"retry": {"Refused"}, "discard": {"Agreed"}, "keep": {"Agreed", "Refused"}}[choice]
    assert user.post(f"/sync/{choice}", account="anna", number=number).status_code == 404


def test_the_history_shows_both_versions_and_brings_things_back(
    user: Visitor, home: Home, account: Account, office: Office
) -> None:
    there = office.session("anna").create(office.default("anna"), meeting("First"))
    home.cycle(account)
    office.session("anna").update(there.id, there.folder, lambda _: {"title": "Second"})
    home.cycle(account)
    page = user.get("/sync/history").text
    assert all(one in page for one in ("First", "Second", "It was changed on the server: Subject."))
    replica = home.household.replica(account)
    (item,) = {one.item for one in replica.history.latest(10) if one.title == "Second"}
    assert user.post("/sync/restore", account="anna", item=item, version=1).status_code == 204
    assert "You changed it" in user.get("/sync/lines", item=item).text
    assert user.post("/sync/undo", account="anna").status_code == 204
    home.cycle(account)
    assert only(office).title == "Second"
    assert user.get("/sync/history", item=987654).status_code == 404


@pytest.mark.parametrize("by_the_history", [False, True])
def test_who_takes_back_that_they_left_a_meeting_reads_that_it_is_their_own_now(
    user: Visitor, home: Home, account: Account, office: Office, by_the_history: bool
) -> None:
    office.session("bruno").create(
        office.default("bruno"), meeting("Plan", participants=office.invite("bruno", "anna"))
    )
    home.cycle(account)
    (record,) = home.household.replica(account).session().changes(calendar_of(home), Module.CALENDAR).items
    form = user.form("/calendar/item", id=record.id, folder=record.folder)
    left = json.loads(user.post("/calendar/delete", **form).headers["HX-Trigger"])["done"]["undo"]
    home.cycle(account)
    undone = user.post("/sync/undo", account="anna") if by_the_history else user.post("/undo", changes=left)
    assert undone.status_code == 204
    assert "an entry of your own now" in json.loads(undone.headers["HX-Trigger"])["done"]["message"]


def test_the_history_shows_formatted_notes_as_they_look(
    user: Visitor, home: Home, account: Account, office: Office
) -> None:
    there = office.session("anna").create(office.default("anna"), meeting("First", note="Bring cake"))
    home.cycle(account)
    formatted = "<p>Bring <b>cake</b></p><script>alert(1)</script>"
    office.session("anna").update(there.id, there.folder, lambda _: {"note_html": formatted})
    home.cycle(account)
    page = user.get("/sync/history").text
    assert "<td>–</td><td><p>Bring <b>cake</b></p></td>" in page
    assert "It was changed on the server: Note." in page


def test_names_of_scripts_are_only_names(user: Visitor, home: Home, account: Account, office: Office) -> None:
    script = "<script>alert(1)</script>"
    office.session("anna").create(office.default("anna"), meeting(script, location=script))
    home.cycle(account)
    refuse(home, account, script)
    for path in ("/sync/history", "/sync/waiting", "/sync"):
        page = user.get(path).text
        assert "<script>alert" not in page
    assert "&lt;script&gt;" in user.get("/sync/history").text


def test_the_page_about_the_program_names_licences_and_needs_no_account(home: Home, office: Office) -> None:
    with visiting(home) as someone:
        page = someone.get("/about").text
    assert "starlette" in page
    assert "BSD" in page
    with serving_locally(office) as (url, doors), Visitor(url) as visitor:
        visitor.get(doors.invite())
        assert "Synchronisation" not in visitor.get("/about").text


def test_the_first_account_is_added_from_the_page_and_synchronised(home: Home, office: Office) -> None:
    office.session("anna").create(office.default("anna", Module.TASKS), Task(title="From the server"))
    with visiting(home) as someone:
        token = token_in(someone.get("/sync/new").text)
        fields = someone.form("/sync/new") | {"url": home.server, "login": "anna", "password": "wrong", "past": "1year"}
        refused = someone.http.post(f"{someone.url}/sync/add", data=fields, headers=token)
        assert refused.status_code == 422
        assert "does not accept the login or the password" in refused.text
        assert "wrong" not in refused.text.replace("is wrong", "")
        assert f'value="{home.server}"' in refused.text
        assert home.accounts.all() == ()
        added = someone.http.post(f"{someone.url}/sync/add", data=fields | {"password": PASSWORD}, headers=token)
        assert added.headers["HX-Redirect"] == "/desk/sync?account=anna"
        eventually(lambda: home.household.outcome(home.accounts.get()), "the end of the first cycle")
        assert "From the server" in someone.get("/tasks").text
        assert str(home.household.replica(home.accounts.get()).past) == "1year"


WRONG_ACCOUNTS = (
    ({"url": "http://127.0.0.1:1"}, "cannot be reached"),
    ({"url": "nonsense"}, "https://"),
    ({"proxy": "socks5://x:1"}, "SOCKS"),
    ({"zone": "Mars/Base"}, "is unknown"),
    ({"past": "ages"}, "is no period"),
    ({"fingerprint": "abc"}, "fingerprint"),
    ({"client_certificate": "/nowhere/at-all.pem"}, "/nowhere/at-all.pem"),
)


def test_what_stands_against_a_new_account_is_said_and_nothing_is_kept(user: Visitor, home: Home) -> None:
    right = user.form("/sync/new") | {"url": home.server, "login": "bruno", "password": PASSWORD}
    for wrong, said in WRONG_ACCOUNTS:
        refused = user.post("/sync/add", **right | wrong)
        assert refused.status_code == 422
        assert said in refused.text
        assert PASSWORD not in refused.text
    assert [one.name for one in home.accounts.all()] == ["anna"]


def test_all_settings_of_an_account_are_shown_and_changed_at_once(user: Visitor, home: Home, account: Account) -> None:
    shown = user.form("/sync/settings")
    assert user.post("/sync/save", **shown).status_code == 204
    assert home.accounts.get() == account
    replica = home.household.replica(account)
    assert (replica.policy, replica.past, len(replica.modules)) == (Policy(), None, 3)
    del shown["tasks"]
    wanted = shown | {"new_name": "work", "winner": "ask", "guard_items": "5", "guard_share": "50", "past": "6months",
                      "warn_after": "2", "proxy": "none", "zone": "Europe/Paris"}  # fmt: skip
    changed = user.post("/sync/save", **wanted)
    assert changed.headers["HX-Redirect"] == "/desk/sync/settings?account=work"
    kept = home.accounts.get("work")
    assert (kept.line.proxy, kept.zone, kept.warn_after_h) == ("none", "Europe/Paris", 2)
    assert replica.policy == Policy(winner=Winner.ASK, guard_items=5, guard_share=0.5)
    assert str(replica.past) == "6months"
    assert replica.modules == {Module.CALENDAR, Module.CONTACTS}


WRONG_SETTINGS = (
    {"guard_share": "101"}, {"winner": "nobody"}, {"past": "x"}, {"proxy": "http://a:b@c:1"}, {"warn_after": "-1"},
    {"url": "http://127.0.0.1:1"}, {"zone": "Mars/Base"},
)  # fmt: skip


def test_if_one_setting_is_refused_none_is_changed(user: Visitor, home: Home, account: Account) -> None:
    right = user.form("/sync/settings") | {"new_name": "other", "winner": "mine", "guard_items": "3"}
    for wrong in WRONG_SETTINGS:
        refused = user.post("/sync/save", **right | wrong)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
    assert home.accounts.all() == (account,)
    assert home.household.replica(account).policy == Policy()


def test_a_new_password_is_tried_before_it_is_kept_and_shown_nowhere(
    user: Visitor, home: Home, account: Account, office: Office
) -> None:
    provision.set_password(office.store, "anna", "a new horse")
    refused = user.post("/sync/password", account="anna", password="a wrong horse")
    assert refused.status_code == 422
    assert "a wrong horse" not in refused.text
    assert user.post("/sync/password", account="anna", password="a new horse").status_code == 204
    eventually(lambda: home.household.outcome(home.accounts.get()), "the end of the cycle")
    assert home.cycle(account).total == 0
    for path in ("/sync", "/sync/settings", "/sync/password"):
        assert "a new horse" not in user.get(path).text


def test_a_server_without_encryption_has_no_certificate_to_look_at(user: Visitor) -> None:
    assert user.get("/sync/certificate").status_code == 422


def test_an_account_is_removed_but_not_with_changes_that_were_never_sent(user: Visitor, home: Home) -> None:
    home.household.replica(home.accounts.get()).session().create(calendar_of(home), meeting("Unsent"))
    assert user.post("/sync/remove", account="anna").status_code == 422
    assert user.post("/sync/remove", account="anna", lose_unsent="1").headers["HX-Redirect"] == "/desk/sync"
    assert home.accounts.all() == ()
    assert user.get("/calendar").headers["Location"] == "/desk/sync/new"


def test_a_certificate_that_nobody_vouches_for_is_shown_trusted_and_distrusted_again(
    user: Visitor, home: Home, office: Office, tmp_path: Path
) -> None:
    made = Made("127.0.0.1")
    bound = socket.create_server(("127.0.0.1", 0))
    with listening(create_app(office.store), Hub(office.store), bound, made.write(tmp_path, "server")) as url:
        fields = user.form("/sync/new") | {"url": url, "login": "bruno", "password": PASSWORD}
        asked = user.post("/sync/add", **fields)
        assert asked.status_code == 422
        assert made.fingerprint in asked.text
        assert PASSWORD not in asked.text
        assert user.post("/sync/add", **fields | {"fingerprint": "ab" * 32}).status_code == 422
        assert user.post("/sync/add", **fields | {"fingerprint": made.fingerprint}).status_code == 204
        assert home.accounts.get("bruno").line.fingerprint == made.fingerprint
        shown = user.get("/sync/certificate", account="bruno").text
        assert spelled(made.fingerprint) in shown
        assert user.post("/sync/trust", account="bruno", fingerprint="ab" * 32).status_code == 422
        assert user.post("/sync/trust", account="bruno").status_code == 204
        assert home.accounts.get("bruno").line.fingerprint is None
        with pytest.raises(Untrusted):
            home.cycle(home.accounts.get("bruno"))


def test_everything_is_compared_when_asked_for(user: Visitor, home: Home, account: Account) -> None:
    assert user.post("/sync/now", account="anna", slow="1").status_code == 204
    eventually(lambda: home.household.outcome(account), "the end of the cycle")
    last = home.household.outcome(account)
    assert isinstance(last, CycleResult)
    assert last.traffic.requests > home.cycle(account).traffic.requests


def test_what_is_not_synchronised_leaves_this_machine_if_that_is_wanted(
    user: Visitor, home: Home, account: Account, office: Office
) -> None:
    replica = home.household.replica(account)
    office.session("anna").create(office.default("anna"), meeting("On the server"))
    home.cycle(account)
    fields = user.form("/sync/settings")
    del fields["appointments"]
    replica.session().create(calendar_of(home), meeting("Unsent"), ignore_conflicts=True)
    assert user.post("/sync/save", **fields, remove_items="1").status_code == 422
    assert Module.CALENDAR in replica.modules
    assert user.post("/sync/save", **fields, remove_items="1", lose_unsent="1").status_code == 204
    assert Module.CALENDAR not in replica.modules
    assert [one.name for one in replica.status().folders if one.items] == ["Global address book"]


def test_an_account_that_was_removed_and_added_again_elsewhere_is_shown_as_it_is_now(
    user: Visitor, home: Home, account: Account, office: Office
) -> None:
    assert "Later" not in user.get("/tasks").text
    home.accounts.remove(account.name)
    office.session("anna").create(office.default("anna", Module.TASKS), Task(title="Later"))
    assert home.add().directory == account.directory
    assert "Later" in user.get("/tasks").text


def token_in(page: str) -> dict[str, str]:
    """The header that a page's forms send."""
    return {"X-Desk-Token": page.partition('name="token" content="')[2].partition('"')[0]}


def test_each_page_says_how_the_shown_account_fares_and_how_much_waits_to_be_sent(home: Home) -> None:
    account = home.add()
    with visiting(home) as anna:
        assert 'hx-get="/desk/sync/light"' in anna.get("/tasks").text
        assert "to be sent" not in anna.get("/sync/light").text
        anna.post("/tasks/save", **anna.form("/tasks/item") | {"title": "Paint"})
        light = anna.get("/sync/light").text
        assert "1 change to be sent" in light
        assert "Last success:" in light
        home.cycle(account)
        assert "to be sent" not in anna.get("/sync/light").text
