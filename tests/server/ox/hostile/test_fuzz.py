"""Requests nobody would think of: the server answers each, and still answers the next (OX reference, section 2.3)."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.support.ox import elements as ox
from tests.support.ox.answers import responses
from tests.support.ox.client import OxUser, Reply, basic

NAMES = """
object_id folder_id folder last_modified client_id method lastsync objectmode title owner module type
permissions user group resource start_date end_date full_time shown_as alarm_flag alarm ignore_conflicts uid
color_label note recurrence_type interval days day_in_month month until occurrences recurrence_id
recurrence_position recurrence_date_position deleteexceptions changeexceptions participants confirm
confirm_message categories private_flag status percent_completed priority date_completed target_costs
target_duration last_name email1 birthday image1 image_content_type distributionlist distributionlist_flag
email defaultaddress attachments unheard
"""
WORDS = (
    "", "0", "1", "-1", "2", "3", "5", "6", "31", "128", "999", "1000", "2147483648", "9223372036854775808", "1e9", "x",
    "*", "true", "none", "daily", "weekly", "monthly", "yearly", "calendar", "contact", "task", "private", "public",
    "shared", "SAVE", "DELETE", "CONFIRM", "CLEAR", "MODIFIED", "DELETED,LIST", "1994000000000", "1994003600000",
    "accept", "1,2,,x", "a@example.org", "QUJD", "image/png", "ä€𝄞", " ", "\n",
)  # fmt: skip
SERVLETS = ("folders", "calendar", "contacts", "tasks", "groupuser")

words = st.one_of(st.sampled_from(WORDS), st.integers(-(2**65), 2**65).map(str), st.text(max_size=20))
names = st.sampled_from(NAMES.split())
prefixes = st.sampled_from(["ox:", "ox:", "ox:", "ox:", "D:", "", "x:"])
attributes = st.dictionaries(
    st.sampled_from(
        ["ox:confirm", "ox:external", "ox:mail", "ox:displayname", "ox:folderpermission", "ox:objectreadpermission",
         "ox:objectwritepermission", "ox:objectdeletepermission", "ox:admin_flag", "ox:emailfield", "ox:id", "external"]
    ),
    words, max_size=6,
)  # fmt: skip


def _element(prefix: str, name: str, said: dict[str, str], content: str) -> str:
    quoted = "".join(f' {key}="{ox.text(value).replace(chr(34), "&quot;")}"' for key, value in said.items())
    return f"<{prefix}{name}{quoted}>{content}</{prefix}{name}>"


trees = st.recursive(
    st.builds(_element, prefixes, names, attributes, words.map(ox.text)),
    lambda inner: st.builds(_element, prefixes, names, attributes, st.lists(inner, max_size=4).map("".join)),
    max_leaves=12,
)
contents = st.lists(trees, max_size=12).map("".join)
NS = f'{ox.NAMESPACES} xmlns:x="urn:x"'
writes = st.lists(contents, min_size=1, max_size=4).map(
    lambda props: (
        f"<D:propertyupdate {NS}>"
        + "".join(f"<D:set><D:prop>{prop}</D:prop></D:set>" for prop in props)
        + "</D:propertyupdate>"
    )
)
reads = contents.map(lambda prop: f"<D:propfind {NS}><D:prop>{prop}</D:prop></D:propfind>")
documents = st.builds(lambda prefix, tree: f"<{prefix}root {NS}>{tree}</{prefix}root>", prefixes, contents)
texts = st.one_of(writes, reads, documents, st.text(max_size=200))


def _mutated(text: str, at: int, length: int, instead: bytes) -> bytes:
    """A document with some octets replaced."""
    raw = text.encode("utf-8", "replace")
    at %= len(raw) + 1
    return raw[:at] + instead + raw[at + length :]


bodies = st.one_of(
    texts.map(lambda text: text.encode("utf-8", "replace")),
    st.builds(_mutated, texts, st.integers(0, 10_000), st.integers(0, 5), st.binary(max_size=5)),
    st.binary(max_size=300),
)
some = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
many = settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def _is_proper(verb: str, reply: Reply) -> bool:
    """Whether an answer is one that the interface knows."""
    if reply.status == 207:
        ET.fromstring(reply.body)
        return True
    return verb == "PROPFIND" and reply.status in {400, 403, 404, 409} and not reply.body.startswith(b"<")


@many
@given(st.sampled_from(SERVLETS), bodies)
def test_any_body_of_a_read_is_answered(carl: OxUser, servlet: str, body: bytes) -> None:
    reply = carl.send("PROPFIND", servlet, body)

    assert _is_proper("PROPFIND", reply), reply


@many
@given(st.sampled_from(SERVLETS[:4]), st.sampled_from(["PROPPATCH", "PUT"]), bodies)
@example("folders", "PUT", b"")
def test_any_body_of_a_write_is_answered_inside_a_multistatus(
    carl: OxUser, servlet: str, verb: str, body: bytes
) -> None:
    reply = carl.send(verb, servlet, body)

    assert reply.status == 207, reply
    for answer in responses(reply.body):
        assert answer.status in {"200", "400", "403", "404", "409"} or answer.code == "1400", answer


HEADERS = """
Content-Type Depth Accept Cookie If If-Match Range Origin User-Agent Overwrite Accept-Encoding Content-Encoding
X-Forwarded-For X-HTTP-Method-Override Destination Expect
"""
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=50)


@some
@given(st.dictionaries(st.sampled_from(HEADERS.split()), values.map(str.strip)))
def test_any_headers_are_answered(anna: OxUser, headers: dict[str, str]) -> None:
    login = basic(anna.account.login, anna.account.password)
    body = ox.propfind(lastsync=0, objectmode="LIST")

    reply = anna.http.send("PROPFIND", "/servlet/webdav.folders", body, headers | login)

    assert reply.status in {207, 400, 417}, reply


@some
@given(st.text(st.characters(codec="latin-1", exclude_characters="\r\n\x00"), max_size=80))
def test_any_authorization_is_answered(anna: OxUser, value: str) -> None:
    reply = anna.http.send("PROPFIND", "/servlet/webdav.folders", "", {"Authorization": value.strip()})

    assert reply.status in {400, 401, 429}, reply


@some
@given(st.text(st.characters(codec="ascii", exclude_categories=["Cc"], exclude_characters=" #"), max_size=60))
def test_any_address_is_answered(anna: OxUser, tail: str) -> None:
    for path in (f"/servlet/webdav.{tail}", f"/ajax/{tail}", f"/ajax/login?action=logout&{tail}", f"/{tail}"):
        assert anna.http.send("GET", path).status < 500


def test_after_all_that_everything_that_is_there_can_be_read(carl: OxUser) -> None:
    for servlet in ("calendar", "contacts", "tasks"):
        assert all(one.status == "200" for one in carl.read(servlet, lastsync=0, objectmode="MODIFIED,DELETED,LIST"))
    assert all(one.status == "200" for one in carl.folders(0, "MODIFIED,DELETED,LIST"))
