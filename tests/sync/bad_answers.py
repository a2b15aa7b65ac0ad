"""Every bad answer that a server, or whatever stands in front of it, may give; and what the user is to read of it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from tests.sync.bad_server import Ask, Reply, Reset, Silence, Spoil

_LOGIN_PAGE: Final = b"<!DOCTYPE html><html><body><form>Please log in<br></form></body></html>"
_NO_OBJECTS: Final = b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:"></D:multistatus>'
_LAUGHS: Final = (
    b'<?xml version="1.0"?><!DOCTYPE m [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    b'<D:multistatus xmlns:D="DAV:"><D:response><D:href>&b;&c;</D:href></D:response></D:multistatus>'
)
_HUGE: Final = gzip.compress(b'<?xml version="1.0"?><D:multistatus xmlns:D="DAV:">' + b"<x>" + b"0" * 11_000_000)
_RESPONSE: Final = re.compile(rb"<D:response .*?</D:response>\n?", re.DOTALL)


def _says(status: int, body: bytes = b"No.", **headers: str) -> Spoil:
    """Answers so, and does nothing."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return lambda _ask: Reply(status, body, named).raw()


def _silent(_ask: Ask) -> bytes:
    raise Silence


def _torn(_ask: Ask) -> bytes:
    raise Reset


def _cut_before(_ask: Ask) -> bytes:
    return b""


def _cut_after(ask: Ask) -> bytes:
    ask()
    return b""


def _torn_after(ask: Ask) -> bytes:
    ask()
    raise Reset


def _cut_within(ask: Ask) -> bytes:
    said = ask()
    return Reply(said.status, said.body[: len(said.body) // 2], said.headers).raw(len(said.body))


def _half(ask: Ask) -> bytes:
    said = ask()
    return Reply(said.status, said.body[: len(said.body) // 2], said.headers).raw()


def _without_end(ask: Ask) -> bytes:
    """Well formed, but the last object is missing: somebody closed what the server broke off."""
    said = ask()
    objects = list(_RESPONSE.finditer(said.body))
    if not objects:
        return said.raw()
    last = objects[-1]
    return replace(said, body=said.body[: last.start()] + said.body[last.end() :]).raw()


def _without_objects(ask: Ask) -> bytes:
    said = ask()
    return replace(said, body=_NO_OBJECTS).raw()


def _doubled(ask: Ask) -> bytes:
    said = ask()
    return replace(said, body=_RESPONSE.sub(lambda one: one[0] * 2, said.body)).raw()


def _instead(content: bytes, **headers: str) -> Spoil:
    """Does what was asked, and says something else."""

    def spoil(ask: Ask) -> bytes:
        ask()
        return _says(207, content, **headers)(ask)

    return spoil


def _failed_after(ask: Ask) -> bytes:
    ask()
    return Reply(500, b"Sorry.").raw()


def _failed_within(ask: Ask) -> bytes:
    """Each object of the answer failed, for a reason that is none."""
    said = ask()
    broken = re.sub(rb"<D:status>[^<]*</D:status>", b"<D:status>500</D:status>", said.body)
    return replace(said, body=broken).raw()


def _of_another_history(ask: Ask) -> bytes:
    said = ask()
    others = tuple(one for one in said.headers if one[0].lower() != "passerelle-lineage")
    return replace(said, headers=(*others, ("Passerelle-Lineage", "0" * 32))).raw()


def _as_text(ask: Ask) -> bytes:
    said = ask()
    others = tuple(one for one in said.headers if one[0].lower() != "content-type")
    return replace(said, headers=(*others, ("Content-Type", "text/plain"))).raw()


def _latin(ask: Ask) -> bytes:
    said = ask()
    return replace(said, body=said.body.replace(b"</D:href>", b"\xe9</D:href>")).raw()


NO_ANSWER: Final = "broke off|cannot be reached"
NO_XML: Final = "not well-formed XML|no multistatus|breaks off|document type"
FAILED: Final = "404|429|502|503|504"


class Bad(NamedTuple):
    """Bad answers that mean the same. ``says`` is a pattern that something the user reads matches."""

    says: str
    answers: Mapping[str, Spoil]


BAD_ANSWERS: Final[Mapping[str, Bad]] = {
    "no answer, nothing done": Bad(
        NO_ANSWER,
        {"torn": _torn, "cut": _cut_before, "no HTTP": lambda _ask: b"\x00\xff\x13\x37 garbage \r\n\r\n"},
    ),
    "no answer, but done": Bad(NO_ANSWER, {"cut": _cut_after, "torn": _torn_after, "cut within": _cut_within}),
    "something else, nothing done": Bad(
        NO_XML,
        {
            "empty": _says(200, b""),
            "a page to log in": _says(200, _LOGIN_PAGE, Content_Type="text/html"),
            "a well-formed page": _says(200, b"<html><body>Log in</body></html>"),
            "JSON": _says(200, b'{"error": "session expired"}', Content_Type="application/json"),
        },
    ),
    "something else, but done": Bad(
        NO_XML,
        {
            "half of it": _half,
            "empty": _instead(b""),
            "garbage": _instead(bytes(range(256)) * 8),
            "a bomb": _instead(_HUGE, Content_Encoding="gzip"),
            "another encoding": _latin,
            "entities": _instead(_LAUGHS),
        },
    ),
    "the server does not work": Bad(
        FAILED,
        {
            "404": _says(404),
            "429": _says(429, Retry_After="7"),
            "502": _says(502),
            "503": _says(503),
            "503 until": _says(503, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
            "504": _says(504),
        },
    ),
    "the server fails": Bad("500", {"500": _says(500), "500, but done": _failed_after}),
    "each object fails": Bad("failed without a reason|could not", {"500 within": _failed_within}),
    "the last object lacks": Bad("lacks some|nothing about", {"the last object lacks": _without_end}),
    "no objects": Bad("lacks some|nothing about", {"no objects": _without_objects}),
    "what one can live with": Bad("", {"all twice": _doubled, "another content type": _as_text}),
    "no way in": Bad(
        "does not accept the login|The proxy wants a name|sends us to https://login.example.org",
        {
            "302": _says(302, Location="https://login.example.org/"),
            "401": _says(401, WWW_Authenticate='Basic realm="x"'),
            "407": _says(407),
        },
    ),
    "no": Bad("403|409|413", {"403": _says(403), "409": _says(409), "413": _says(413)}),
    "another history": Bad("data were replaced", {"another lineage": _of_another_history}),
}
SILENCE: Final = _silent
