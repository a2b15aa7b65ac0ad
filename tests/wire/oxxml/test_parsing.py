"""Hostile and broken XML is refused with a reason; odd but honest XML is read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Unreadable
from passerelle.wire.oxxml.markup import attribute, escape, legal
from passerelle.wire.oxxml.parsing import Element, parse, properties

OX = 'xmlns:D="DAV:" xmlns:ox="http://www.open-xchange.org"'


def prop(inner: str) -> bytes:
    return f"<D:prop {OX}>{inner}</D:prop>".encode()


def test_white_space_and_comments_inside_values_are_no_obstacle() -> None:
    found = properties(parse(prop("<ox:title>one <!-- two --><?three?>four</ox:title>")))
    assert found.text("title") == "one four"


def test_the_last_of_several_elements_wins() -> None:
    body = prop("<ox:categories>a</ox:categories><ox:categories>b</ox:categories>")
    assert properties(parse(body)).text("categories") == "b"


def test_unknown_subtrees_are_skipped_whole() -> None:
    found = properties(parse(prop("<ox:title>x</ox:title><ox:thing><ox:title>y</ox:title></ox:thing>")))
    assert dict(found.texts) == {"title": "x"}


def test_containers_keep_their_children_and_qualified_attributes() -> None:
    found = properties(
        parse(prop('<ox:participants><ox:user ox:confirm="accept" external="true">3</ox:user></ox:participants>'))
    )
    assert found.children("participants") == (Element("user", {"confirm": "accept"}, "3"),)


def test_absent_and_empty_are_told_apart() -> None:
    found = properties(parse(prop("<ox:until/>")))
    assert (found.text("until"), found.value("until"), found.text("title")) == ("", None, None)
    assert "until" in found
    assert "title" not in found
    assert found["until"] == Element("until", {}, "")


LAUGHS = "".join(
    f'<!ENTITY l{n} "{"&l" + str(n - 1) + ";" if n else "ha"}{"&l" + str(n - 1) + ";" if n else ""}">'
    for n in range(30)
)


@pytest.mark.parametrize(
    "body",
    [
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        f"<!DOCTYPE a [{LAUGHS}]><a b='&l29;'>&l29;</a>".encode(),
        b'<?xml version="1.0"?>\n<!-- hello --><!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a/>',
        b'<!DOCTYPE a [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]><a/>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"),
        b"\xef\xbb\xbf<!DOCTYPE a><a/>",
        b"<!doctype a><a/>",
        b"<a>&undeclared;</a>",
    ],
)
def test_document_types_and_entities_are_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body)


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"hello", b"<a>", b"<a></b>", b"<a>\x00</a>", b"<a>\xff</a>", b"<a b=1/>", b"<a:b/>", b"\xff\xfe<",
     b'<?xml version="1.0" encoding="nonsense"?><a/>', b"<a/><b/>", b"<a>&#0;</a>"],
)  # fmt: skip
def test_broken_documents_are_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(body)


def test_the_line_of_an_error_is_told() -> None:
    with pytest.raises(Unreadable) as caught:
        parse(b"<a>\n<b>\n</c>")
    assert caught.value.line == 3


@pytest.mark.parametrize("levels", [65, 200, 100_000])
def test_deep_nesting_is_refused(levels: int) -> None:
    with pytest.raises(Unreadable):
        parse(b"<a>" * levels + b"</a>" * levels)


def test_the_interface_s_own_nesting_is_not_deep() -> None:
    parse(b"<a>" * 60 + b"</a>" * 60)


def test_text_that_mentions_a_document_type_is_just_text() -> None:
    root = parse(prop("<ox:note><![CDATA[<!DOCTYPE html>]]></ox:note>"))
    assert properties(root).text("note") == "<!DOCTYPE html>"


@given(st.text())
def test_texts_survive_but_for_what_xml_cannot_carry(text: str) -> None:
    node = parse(f'<a b="{attribute(text)}">{escape(text)}</a>'.encode())
    assert (node.text or "") == legal(text)
    assert node.get("b") == legal(text)


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_being_refused(body: bytes) -> None:
    try:
        parse(body)
    except Unreadable as error:
        assert error.line >= 0  # noqa: PT017 - either outcome is right
