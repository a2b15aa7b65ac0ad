"""Every address of the server with requests that are nearly right (OX reference, sections 2 to 6 and 14 to 17).

What each answer must be is checked in :meth:`Scene.ask`: proper, without a secret, without anything half written, and
not dear.
"""

from __future__ import annotations

import os
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerelle.server.app import create_app
from tests.server.ox.hostile.fuzzing.grammar import Grammar
from tests.server.ox.hostile.fuzzing.scene import CARL, Place, Scene
from tests.support.ox import elements as ox
from tests.support.ox.inside import Inside

CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much]
TIMES = int(os.environ.get("PASSERELLE_FUZZ", "1"))
"""How many times as long as usual it is attacked."""
some = settings(max_examples=20 * TIMES, suppress_health_check=CHECKS)
many = settings(max_examples=36 * TIMES, suppress_health_check=CHECKS)

SERVLETS = ("folders", "calendar", "contacts", "tasks", "groupuser", "attachments", "freebusy", "version")
VERBS = """
GET HEAD POST PUT PATCH DELETE OPTIONS TRACE CONNECT PROPFIND PROPPATCH MKCOL COPY MOVE LOCK UNLOCK REPORT SEARCH ACL
FROB get
"""
FREE_BUSY = "contextid contextId username userName server start end period weeksIntoPast weeksIntoFuture simple x"
HEADERS = """
content-type depth accept cookie if if-match range origin user-agent overwrite accept-encoding x-forwarded-for
content-encoding x-http-method-override destination expect host authorization transfer-encoding last-event-id
"""
pieces = st.sampled_from([1, 1, 1, 2, 7])
verbs = st.sampled_from(VERBS.split())


@pytest.mark.parametrize("servlet", SERVLETS[:4])
def test_any_write_is_answered(scene: Scene, grammar: Grammar, servlet: str) -> None:
    @many
    @given(st.sampled_from(["PROPPATCH", "PUT"]), grammar.writes(servlet), pieces)
    def attack(verb: str, body: bytes, number: int) -> None:
        reply = scene.ask(verb, f"/servlet/webdav.{servlet}", body, pieces=number)

        assert reply.status == 207, reply

    attack()


@pytest.mark.parametrize("servlet", SERVLETS[:5])
def test_any_read_is_answered(scene: Scene, grammar: Grammar, servlet: str) -> None:
    @some
    @given(grammar.reads(), pieces)
    def attack(body: bytes, number: int) -> None:
        reply = scene.ask("PROPFIND", f"/servlet/webdav.{servlet}", body, pieces=number)

        assert reply.status in {207, 400, 403, 409}, reply

    attack()


def test_any_headers_of_attachments_are_answered(scene: Scene) -> None:
    numbers = st.one_of(
        st.sampled_from(scene.ids).map(str), st.sampled_from(["0", "-1", "x", "", str(2**63), "\xb2", "1.5", "1", "9"])
    )
    files = st.sampled_from(["a.txt", "%C3%A4.txt", "%", "%FF", "..%2F..%2Fetc%2Fpasswd", "a%00b", "x" * 400, "", "ä"])
    headers = st.fixed_dictionaries(
        {},
        optional={
            "module": st.sampled_from(["1", "4", "7", "137", "0", "x", ""]),
            "target_id": numbers,
            "target_folder_id": numbers,
            "object_id": numbers,
            "filename": files,
            "rtf_flag": st.sampled_from(["true", "false", "perhaps", ""]),
            "client_id": st.sampled_from(["c", "<&>", "\x7f", "é"]),
            "content-type": st.sampled_from(["text/plain", "text/html", "x", "", "a/b; c=d", "text/plain\t"]),
            "content-length": st.sampled_from(["5", "0", "x", "-1", "9" * 30]),
        },
    )

    @many
    @given(
        st.sampled_from(scene.places),
        st.booleans(),
        st.sampled_from(["GET", "PUT", "DELETE", "GET", "PUT", "POST", "HEAD"]),
        headers,
        st.binary(max_size=40),
    )
    def attack(place: Place, named: bool, verb: str, said: dict[str, str], body: bytes) -> None:
        module = {"calendar": "1", "tasks": "4", "contacts": "7"}[place.servlet]
        right = {"module": module, "target_id": str(place.item), "target_folder_id": str(place.folder), "filename": "a"}
        scene.ask(verb, "/servlet/webdav.attachments", body, (right if named else {}) | said)

    attack()


def test_any_query_of_free_busy_times_is_answered(scene: Scene) -> None:
    values = st.sampled_from(
        ["1", "0", "anna", "carl", "example.org", "20330307", "20330308", "99991231", "00010101", "20330229", "-1", "x",
         "", "12", "600", "9" * 40, "1994000000000", "true", "false", "٢٠٣٣٠٣٠٧", "*", "%", "\x00", "anna@example.org"]
    )  # fmt: skip
    usual = {"contextid": "1", "username": "anna", "server": "example.org"}

    @many
    @given(st.booleans(), st.lists(st.tuples(st.sampled_from(FREE_BUSY.split()), values), max_size=6), verbs)
    def attack(is_usual: bool, said: list[tuple[str, str]], verb: str) -> None:
        query = urlencode([*(usual.items() if is_usual else ()), *said])
        reply = scene.ask(verb if len(said) == 6 else "GET", f"/servlet/webdav.freebusy?{query}")

        assert reply.status in {200, 400, 404}, reply

    attack()


def test_any_login_is_answered_and_lets_nobody_in(scene: Scene) -> None:
    names = st.sampled_from(["action", "name", "password", "session", "x", ""])
    values = st.sampled_from(["login", "logout", "anna", "carl", CARL.password[:-1], "", "\x00", "ä" * 300, "a@1", "%"])
    wire = Inside(create_app(scene.store))  # its own count of failed logins: carl goes on elsewhere

    @some
    @given(
        st.lists(st.tuples(names, values), max_size=5), st.sampled_from(["GET", "POST", "PUT"]), st.binary(max_size=9)
    )
    def attack(said: list[tuple[str, str]], verb: str, body: bytes) -> None:
        form = urlencode(said).encode() + body
        for reply in (
            wire.send(verb, f"/ajax/login?{quote(form, safe='=&%+')}"),
            wire.send(verb, "/ajax/login", form, {"Content-Type": "application/x-www-form-urlencoded"}),
        ):
            assert reply.status in {200, 400, 405, 429}, reply
            assert b'"session"' not in reply.body

    attack()
    wire.close()


@pytest.mark.parametrize("verb", VERBS.split())
def test_every_verb_is_answered_at_every_address(scene: Scene, verb: str) -> None:
    paths = [f"/servlet/webdav.{name}{slash}" for name in SERVLETS for slash in ("", "/")]
    for path in [
        *paths,
        "/ajax/login",
        "/",
        "/servlet",
        "/servlet/webdav.",
        "/servlet/webdav.infostore",
        "/events",
        "*",
    ]:
        scene.ask(verb, path)
        scene.ask(verb, path, ox.propfind(lastsync=0, objectmode="LIST").encode(), {"Authorization": ""})


def test_any_address_is_answered(scene: Scene) -> None:
    texts = st.text(st.characters(codec="utf-8", exclude_characters="?#"), max_size=30).map(quote)
    starts = st.sampled_from(["/", "/servlet/", "/servlet/webdav.", "/servlet/webdav.folders", "/ajax/", "//", "/../"])

    @some
    @given(starts, texts | st.sampled_from(["%00", "%2e%2e/", "%ff", ";x", "/x", "\\", "." * 300]))
    def attack(start: str, tail: str) -> None:
        scene.ask("GET", start + tail)
        scene.ask("PROPFIND", start + tail)

    attack()


def test_any_headers_are_answered_without_a_secret(scene: Scene) -> None:
    values = st.sampled_from(
        ["", "0", "infinity", "*", "gzip", "sessionid=anna", "bytes=0-5", "Basic", "Basic !", "Basic YW5uYTo=",
         "Bearer x", "akonadi_openxchange_resource", "text/xml; charset=utf-16", "chunked", "\xff" * 20, "x" * 5000,"é"]
    )  # fmt: skip

    @some
    @given(st.dictionaries(st.sampled_from(HEADERS.split()), values, max_size=6), st.sampled_from(SERVLETS))
    def attack(headers: dict[str, str], servlet: str) -> None:
        reply = scene.ask(
            "PROPFIND", f"/servlet/webdav.{servlet}", ox.propfind(lastsync=0, objectmode="LIST").encode(), headers
        )

        assert reply.status in {207, 400, 401, 500 if servlet == "attachments" else 400}, reply

    attack()
