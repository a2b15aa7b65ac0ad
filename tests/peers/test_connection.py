"""HTTP as the engine needs it: nothing sent twice, no password where it does not belong, failures told apart."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import httpx2
import pytest

from passerelle.model.errors import (
    Forbidden,
    Misconfigured,
    PasserelleError,
    Refused,
    Unauthenticated,
    Unreachable,
)
from passerelle.peers.base import TooLarge
from passerelle.peers.line.address import check_address
from passerelle.peers.line.retry_after import retry_after_s
from passerelle.peers.ox_webdav import Connection

Handler = Callable[[httpx2.Request], httpx2.Response]


def connection(handler: Handler) -> Connection:
    return Connection("https://ox.example.org", "anton", "sécret", transport=httpx2.MockTransport(handler))


def ask(handler: Handler) -> bytes:
    with connection(handler).ask("PROPFIND", "folders", b"<x/>") as answer:
        return b"".join(answer.pieces())


def test_a_request_carries_login_and_body_and_its_answer_is_counted() -> None:
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(207, content=b"<answer/>")

    one = connection(answer)
    with one.ask("PROPFIND", "folders", b"<x/>") as answered:
        assert b"".join(answered.pieces()) == b"<answer/>"
    (request,) = seen
    assert str(request.url) == "https://ox.example.org/servlet/webdav.folders"
    assert request.headers["Authorization"] == "Basic " + base64.b64encode("anton:sécret".encode()).decode()
    assert (one.traffic.requests, one.traffic.sent) == (1, 4)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, Unauthenticated),
        (403, Forbidden),
        (404, Unreachable),
        (405, Unreachable),
        (409, Refused),
        (413, TooLarge),
        (500, Unreachable),
        (502, Unreachable),
        (503, Unreachable),
        (504, Unreachable),
        (507, Unreachable),
        (511, Unreachable),
        (429, Unreachable),
        (407, Unauthenticated),
        (301, Misconfigured),
        (307, Misconfigured),
    ],
)
def test_each_status_is_its_own_error(status: int, error: type[PasserelleError]) -> None:
    with pytest.raises(error):
        ask(lambda _: httpx2.Response(status, headers={"Location": "https://elsewhere.example.org"}))


def test_a_redirection_is_not_followed_with_the_password() -> None:
    asked: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.host)
        return httpx2.Response(302, headers={"Location": "https://evil.example.org/"})

    with pytest.raises(Misconfigured, match="evil"):
        ask(answer)
    assert asked == ["ox.example.org"]


def test_a_redirection_names_the_address_to_use_and_one_that_leads_nowhere_is_told() -> None:
    def to(**headers: str) -> Handler:
        return lambda _: httpx2.Response(308, headers=headers)

    with pytest.raises(Misconfigured, match=r"to https://new\.example\.org/ox\. Use"):
        ask(to(Location="https://new.example.org/ox/servlet/webdav.folders"))
    with pytest.raises(Misconfigured, match="without saying where"):
        ask(to())


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999999999999999999999", 3600),
        ("Sat, 28 Nov 2026 12:01:00 GMT", 60),
        ("Sat, 28 Nov 2026 11:00:00 GMT", 0),
        ("Sun, 28 Nov 2027 12:00:00 GMT", 3600),
        ("soon", None),
        ("-5", None),
        ("Sat, 99 Nov 2026 12:01:00 GMT", None),
        ("١٢", None),
    ],
)
@pytest.mark.parametrize("status", [503, 429])
def test_a_server_that_is_busy_says_when_to_ask_again(status: int, said: str, seconds: float | None) -> None:
    headers = [(b"Retry-After", said.encode()), (b"Date", b"Sat, 28 Nov 2026 12:00:00 GMT")]
    with pytest.raises(Unreachable) as caught:
        ask(lambda _: httpx2.Response(status, headers=headers))
    assert caught.value.retry_after_s == seconds


def test_a_moment_is_measured_by_our_clock_where_the_server_tells_no_time() -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert retry_after_s("Sat, 28 Nov 2026 12:00:30 GMT", None, now) == 30
    assert retry_after_s("Sat, 28 Nov 2026 12:00:30 GMT", "yesterday", now) == 30
    assert retry_after_s(None, None, now) is None


def test_who_is_merely_unreachable_says_no_time() -> None:
    with pytest.raises(Unreachable) as caught:
        ask(lambda _: httpx2.Response(502))
    assert caught.value.retry_after_s is None


@pytest.mark.parametrize(
    "challenges",
    [
        ["Negotiate", "NTLM"],
        ["Negotiate, NTLM"],
        ['Digest realm="a, Basic b", nonce="x", qop="auth"'],
        ['Bearer realm="x"'],
    ],
)
def test_a_server_that_takes_no_password_is_not_called_a_wrong_password(challenges: list[str]) -> None:
    headers = [("WWW-Authenticate", one) for one in challenges]
    with pytest.raises(Misconfigured, match=challenges[0].split()[0].rstrip(",")) as caught:
        ask(lambda _: httpx2.Response(401, headers=headers))
    assert "“Basic”" in str(caught.value)


@pytest.mark.parametrize(
    "challenges",
    [[], ['Basic realm="OX WebDAV", encoding="UTF-8"'], ["Negotiate", "basic realm=x"], ['NTLM, Basic realm="x"']],
)
def test_a_password_that_is_not_accepted_is_told_as_that(challenges: list[str]) -> None:
    with pytest.raises(Unauthenticated):
        ask(lambda _: httpx2.Response(401, headers=[("WWW-Authenticate", one) for one in challenges]))


def test_a_session_that_ended_on_the_way_is_no_wrong_password() -> None:
    """OX reference, section 2.2: a session is bound to the network address; then the server answers 401."""
    asked: list[str | None] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.headers.get("Cookie"))
        if asked[-1] == "sessionid=old" and len(asked) > 2:
            return httpx2.Response(401)
        return httpx2.Response(207, headers={"Set-Cookie": "sessionid=old"}, content=b"<answer/>")

    one = connection(answer)
    for _ in range(3):
        with one.ask("PROPPATCH", "folders", b"<x/>"):
            pass
    assert asked == [None, "sessionid=old", "sessionid=old", None]


def test_a_wrong_password_is_tried_once() -> None:
    asked: list[httpx2.Request] = []

    def refuse(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(401)

    with pytest.raises(Unauthenticated):
        ask(refuse)
    assert len(asked) == 1


def test_a_request_that_fails_is_sent_once() -> None:
    asked: list[httpx2.Request] = []

    def fail(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        raise httpx2.ReadError("gone")

    with pytest.raises(Unreachable):
        ask(fail)
    assert len(asked) == 1


def test_a_timeout_is_unreachable() -> None:
    def wait(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ReadTimeout("slow", request=request)

    with pytest.raises(Unreachable, match="in time"):
        ask(wait)


@pytest.mark.parametrize(
    "url", ["http://ox.example.org", "ftp://ox.example.org", "https://", "https://anton:secret@ox.example.org"]
)
def test_addresses_that_endanger_the_password_are_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        check_address(url)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("ox.example.org", "https://ox.example.org"),
        ("https://ox.example.org/ox/", "https://ox.example.org/ox"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_good_addresses_are_taken(url: str, address: str) -> None:
    assert str(check_address(url)) == address


def test_plain_http_needs_to_be_allowed() -> None:
    assert str(check_address("http://ox.example.org", allow_plain=True)) == "http://ox.example.org"
