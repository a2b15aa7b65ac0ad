"""HTTP as the engine needs it: nothing sent twice, no password where it does not belong, failures told apart."""

from __future__ import annotations

import base64
from collections.abc import Callable

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
from passerelle.peers.ox_webdav import Connection
from passerelle.peers.ox_webdav.address import check_address

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
        (301, Misconfigured),
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


def test_an_untrusted_certificate_is_a_matter_of_settings() -> None:
    def refuse(_: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")

    with pytest.raises(Misconfigured, match="certificate"):
        ask(refuse)


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
