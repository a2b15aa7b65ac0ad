"""The two calls behind KDE's "test connection" button (OX reference, section 2.2)."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec

from tests.support.ox.client import Http, OxUser


class Answer(msgspec.Struct):
    session: str = ""
    error: str = ""


def _login(http: Http, name: str, password: str) -> Answer:
    query = urlencode({"action": "login", "name": name, "password": password})
    reply = http.send("GET", f"/ajax/login?{query}")
    assert reply.status == 200
    return msgspec.json.decode(reply.body, type=Answer)


def test_the_right_password_gives_a_session_of_32_characters(anna: OxUser, http: Http) -> None:
    answer = _login(http, "anna", anna.account.password)

    assert len(answer.session) == 32
    assert not answer.error


def test_a_wrong_password_gives_an_error_and_no_session(http: Http) -> None:
    answer = _login(http, "carl", "wrong")

    assert answer.error
    assert not answer.session


def test_an_empty_password_gives_an_error(http: Http) -> None:
    assert _login(http, "carl", "").error


def test_a_session_can_be_ended(anna: OxUser, http: Http) -> None:
    session = _login(http, "anna", anna.account.password).session

    assert http.send("GET", f"/ajax/login?action=logout&session={session}").status == 200


def test_a_session_opens_no_servlet_without_a_password(anna: OxUser, http: Http) -> None:
    session = _login(http, "anna", anna.account.password).session

    reply = http.send("PROPFIND", "/servlet/webdav.folders", "", {"Cookie": f"sessionid={session}"})

    assert reply.status == 401


def test_nonsense_is_answered_in_words(http: Http) -> None:
    for query in ("", "?action=", "?action=dance", "?action=login", "?%ff=%fe", "?action=login&name=%00&password=%ff"):
        assert http.send("GET", f"/ajax/login{query}").status in {200, 400}
