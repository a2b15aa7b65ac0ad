"""XML that means harm (OX reference, section 3.1; RFC 4918, section 20; design, section 8)."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from tests.support.commands import Server
from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, Http, OxUser, basic

SERVLETS = ("folders", "calendar", "contacts", "tasks")
NS = ox.NAMESPACES

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
QUADRATIC = f'<!ENTITY a "{"a" * 100_000}">'

DOCTYPES = {
    "internal entity": '<!DOCTYPE x [<!ENTITY e "expanded">]>',
    "file": '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    "network": '<!DOCTYPE x [<!ENTITY e SYSTEM "http://127.0.0.1:9/">]>',
    "parameter entity": '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p; <!ENTITY e "x">]>',
    "external subset": '<!DOCTYPE x SYSTEM "file:///etc/passwd">',
    "public": '<!DOCTYPE x PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://127.0.0.1:9/x.dtd">',
    "billion laughs": f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}<!ENTITY e "&l11;">]>',
    "quadratic": f'<!DOCTYPE x [{QUADRATIC}<!ENTITY e "{"&a;" * 1000}">]>',
    "attribute default": '<!DOCTYPE x [<!ATTLIST x y CDATA "z">]>',
    "empty": "<!DOCTYPE x>",
}


@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_a_document_type_is_refused_in_a_write_and_nothing_is_stored(contacts: Folder, doctype: str) -> None:
    name = "&e;" if "ENTITY e" in doctype else "x"
    fields = f"<ox:folder_id>{contacts.id}</ox:folder_id><ox:last_name>{name}</ox:last_name>"
    body = f"{doctype}<D:propertyupdate {NS}><D:set><D:prop>{fields}</D:prop></D:set></D:propertyupdate>"

    (answer,) = contacts.user.ask("PROPPATCH", "contacts", body)

    assert answer.code == "1400"
    assert answer["object_id"] == "0"
    assert contacts.changes() == []
    assert "root:" not in repr(answer)


@pytest.mark.parametrize("servlet", [*SERVLETS, "groupuser"])
@pytest.mark.parametrize("doctype", DOCTYPES.values(), ids=DOCTYPES.keys())
def test_a_document_type_is_refused_in_a_read(anna: OxUser, servlet: str, doctype: str) -> None:
    prop = f"<ox:user>*</ox:user>{ox.elements(lastsync=0, objectmode='LIST')}"

    reply = anna.send("PROPFIND", servlet, f"{doctype}<D:propfind {NS}><D:prop>{prop}</D:prop></D:propfind>")

    assert reply.status == 400


@pytest.mark.parametrize("depth", [100, 1000, 100_000, 1_000_000])
def test_depth_without_end_is_refused(anna: OxUser, depth: int) -> None:
    tree = "<ox:a>" * depth + "</ox:a>" * depth
    body = f"<D:propertyupdate {NS}><D:set><D:prop>{tree}</D:prop></D:set></D:propertyupdate>"

    (answer,) = anna.ask("PROPPATCH", "contacts", body)

    assert answer.status in {"400", "403", "404", "409", "500"}
    assert anna.send("PROPFIND", "contacts", body).status == 400


def test_breadth_is_no_harm(contacts: Folder) -> None:
    tree = ox.Xml("<ox:a/>" * 100_000)
    body = ox.propertyupdate(ox.Xml(f"<D:set><D:prop>{ox.elements(folder_id=contacts.id)}{tree}</D:prop></D:set>"))

    (answer,) = contacts.user.ask("PROPPATCH", "contacts", body)

    assert answer.status in {"200", "400", "409", "500"}


def test_a_thousand_namespaces_and_attributes_are_no_harm(anna: OxUser) -> None:
    spaces = " ".join(f'xmlns:n{n}="urn:{n}" n{n}:a="x"' for n in range(1000))

    answers = anna.ask("PROPPATCH", "contacts", f"<D:propertyupdate {NS} {spaces}/>")

    assert [one.code for one in answers] in ([], ["1400"])


@pytest.mark.parametrize(
    "body",
    [
        "<",
        "<a",
        "<a/><b/>",
        "<a></b>",
        "<a b=1/>",
        "<a b='1' b='1'/>",
        "<x:a/>",
        "<a>&unknown;</a>",
        "<a>&#0;</a>",
        "<a>&#x1F;</a>",
        "<a>&#xD800;</a>",
        "<a>\x01</a>",
        "<a>\ufffe</a>",
        "<?xml version='1.1'?><a/>",
        "<?xml version='1.0' encoding='klingon'?><a/>",
        "<?xml-stylesheet href='x'?><a/>",
        "<a><![CDATA[</a>",
        "<!-- -- --><a/>",
        "\ufeff\ufeff<a/>",
        "{}",
        "PROPFIND / HTTP/1.1\r\n\r\n",
        "<D:propfind xmlns:D='DAV:'><D:prop xmlns:D='urn:x'/></D:propfind>",
        "<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>",
    ],
)
def test_what_is_no_xml_or_not_ours_is_refused_by_every_servlet(anna: OxUser, body: str) -> None:
    raw = body.encode("utf-8", "surrogatepass")
    for servlet in SERVLETS:
        assert anna.send("PROPFIND", servlet, raw).status == 400
        (answer,) = anna.ask("PROPPATCH", servlet, raw)
        assert answer.code == "1400"


@pytest.mark.parametrize("piece", ["<?x y?>", "<!--x-->", "<?x?> <!--<?y?>-->", "<?x <!-- ?>", " "])
def test_much_before_the_root_is_read_once_and_not_in_every_way_that_it_could_be(anna: OxUser, piece: str) -> None:
    query = ox.propfind(lastsync=0, objectmode="LIST")

    assert anna.send("PROPFIND", "folders", piece * 5000 + query).status in {207, 400}
    assert anna.send("PROPFIND", "folders", piece * 5000 + "<!DOCTYPE x>" + query).status == 400


def test_a_client_id_is_looked_for_once_in_a_write_that_breaks_off(anna: OxUser) -> None:
    (answer,) = anna.ask("PROPPATCH", "contacts", "<client_id" * 500_000)

    assert (answer.code, answer["client_id"]) == ("1400", "not found")


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe", b"\xc3\x28", b"<a>\xe4</a>", b"\x00" * 100, bytes(range(256)), b"\xf4\x90\x80\x80"]
)
def test_octets_that_are_no_text_are_refused(anna: OxUser, raw: bytes) -> None:
    assert anna.send("PROPFIND", "contacts", raw).status == 400
    (answer,) = anna.ask("PROPPATCH", "contacts", raw)
    assert answer.code == "1400"


def test_an_answer_to_broken_xml_shows_nothing_of_the_inside(anna: OxUser) -> None:
    for text in (anna.send("PROPFIND", "contacts", "<a").text, anna.send("PROPPATCH", "contacts", "<a").text):
        assert not any(word in text for word in ("Traceback", "lxml", "etree", "passerelle/", ".py"))


@pytest.mark.parametrize("verb", ["PROPFIND", "PROPPATCH", "PUT"])
def test_a_body_that_is_too_large_is_refused(anna: OxUser, verb: str) -> None:
    headers = basic(anna.account.login, anna.account.password) | {"Content-Length": str(10**12)}

    reply = anna.http.send(verb, "/servlet/webdav.contacts", b"x", headers)

    assert reply.status == 413


def test_a_body_that_grows_too_large_without_saying_so_is_refused(anna: OxUser) -> None:
    piece = b" " * 2**20

    reply = _send_chunked(anna, [piece] * 80)

    assert reply in {0, 413}
    assert anna.folders()


def _send_chunked(user: OxUser, pieces: list[bytes]) -> int:
    """The status of a chunked request; 0 where the server hung up while it was being sent."""
    connection = HTTPConnection(user.http.host, user.http.port, timeout=60)
    headers = basic(user.account.login, user.account.password)
    try:
        connection.request("PROPPATCH", "/servlet/webdav.contacts", iter(pieces), headers, encode_chunked=True)
        return connection.getresponse().status
    except (BrokenPipeError, ConnectionResetError):
        return 0
    finally:
        connection.close()


def test_nobody_is_read_to_the_end_before_he_has_logged_in(server: Server, http: Http) -> None:
    reply = http.send("PROPPATCH", "/servlet/webdav.contacts", b"x", {"Content-Length": str(10**12)})

    assert reply.status in {401, 413}
