"""Who may come in (OX reference, section 2.2)."""

from __future__ import annotations

import base64

import pytest

from tests.support.commands import Server
from tests.support.ox import elements as ox
from tests.support.ox.client import Http, OxUser, Reply, basic

FOLDERS = "/servlet/webdav.folders"
QUERY = ox.propfind(lastsync=0, objectmode="LIST")


def _ask(http: Http, headers: dict[str, str], path: str = FOLDERS) -> Reply:
    return http.send("PROPFIND", path, QUERY, headers)


def _refused(reply: Reply) -> bool:
    assert reply.headers["www-authenticate"] == 'Basic realm="OX WebDAV", encoding="UTF-8"'
    return (reply.status, reply.reason) == (401, "Authorization Required")


@pytest.mark.parametrize("servlet", ["folders", "calendar", "contacts", "tasks", "groupuser"])
def test_without_credentials_every_servlet_asks_for_them(http: Http, servlet: str) -> None:
    assert _refused(_ask(http, {}, f"/servlet/webdav.{servlet}"))


@pytest.mark.parametrize("verb", ["PROPFIND", "PROPPATCH", "PUT"])
def test_every_verb_asks_for_credentials(http: Http, verb: str) -> None:
    assert _refused(http.send(verb, FOLDERS, QUERY))


def test_the_right_password_opens(anna: OxUser, http: Http) -> None:
    assert _ask(http, basic("anna", anna.account.password)).status == 207


def test_a_password_may_have_colons(ben: OxUser, http: Http) -> None:
    assert ":" in ben.account.password
    assert _ask(http, basic("ben", ben.account.password)).status == 207


def test_a_login_may_carry_a_context(anna: OxUser, http: Http) -> None:
    assert _ask(http, basic("anna@1", anna.account.password)).status == 207


def test_the_scheme_may_be_written_in_any_case(anna: OxUser, http: Http) -> None:
    token = basic("anna", anna.account.password)["Authorization"].split()[1]

    assert _ask(http, {"Authorization": f"bAsIc {token}"}).status == 207


@pytest.mark.parametrize("password", ["", "wrong", "Anna's Paßwort: 1 ", "anna's paßwort: 1", "x" * 5000])
def test_another_password_is_refused(http: Http, password: str) -> None:
    assert _refused(_ask(http, basic("carl", password)))


def test_an_unknown_login_is_refused_with_the_same_words_as_a_wrong_password(http: Http) -> None:
    unknown, wrong = _ask(http, basic("nobody", "x")), _ask(http, basic("carl", "x"))

    assert _refused(unknown)
    assert _refused(wrong)
    assert unknown.body == wrong.body


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Basic",
        "Basic ",
        "Basic %%%",
        "Basic YQ",
        "Basic " + base64.b64encode(b"anna").decode(),
        "Basic " + base64.b64encode(b":").decode(),
        "Basic " + base64.b64encode(b"anna:\x00").decode(),
        "Basic " + base64.b64encode(b"\xff\xfe:\xfd").decode(),
        "Basic " + base64.b64encode("anna\ud800".encode(errors="surrogatepass")).decode(),
        "Bearer abcdef",
        'Digest username="anna", realm="OX WebDAV", nonce="1", uri="/", response="2"',
        "NTLM TlRMTVNTUAABAAAA",
        "Basic \xe4\xf6",
    ],
)
def test_a_header_that_cannot_be_used_is_refused(http: Http, value: str) -> None:
    assert _refused(_ask(http, {"Authorization": value}))


def test_a_client_that_writes_latin_1_may_come_in_or_not_but_gets_an_answer(anna: OxUser, http: Http) -> None:
    token = base64.b64encode(f"anna:{anna.account.password}".encode("latin-1")).decode()

    assert _ask(http, {"Authorization": f"Basic {token}"}).status in {207, 401}


def test_credentials_are_asked_for_before_the_body_is_looked_at(http: Http) -> None:
    assert _refused(http.send("PROPPATCH", "/servlet/webdav.contacts", "<no XML"))


def test_many_wrong_passwords_for_one_login_do_not_lock_others_out(server: Server, anna: OxUser, http: Http) -> None:
    statuses = {_ask(http, basic("guessed", f"guess {n}")).status for n in range(12)}

    assert statuses <= {401, 429}
    assert anna.folders()


def test_a_guesser_gains_nothing_by_inventing_contexts(http: Http) -> None:
    answers = [_ask(http, basic(f"inventive@{number}", "x")) for number in range(11)]

    assert [answer.status for answer in answers] == [401] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


def test_a_wrong_password_does_not_open_after_the_right_one_did(anna: OxUser, http: Http) -> None:
    assert _ask(http, basic("anna", anna.account.password)).status == 207

    assert _refused(_ask(http, basic("anna", anna.account.password + "x")))
