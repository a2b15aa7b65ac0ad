"""Formatted notes survive as HTML and as RTF, and bring nothing with them that runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from passerelle.model.notes import clean
from passerelle.wire.richtext import (
    Document,
    Paragraph,
    Run,
    is_plain,
    read_html,
    read_rtf,
    text_of,
    write_html,
    write_rtf,
)
from passerelle.wire.richtext.document import Marker, Style, joined, shown, without_empty_ends

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
_LINKS = st.sampled_from([None, None, "https://example.org/a?b=c&d={e}", "mailto:anna@example.org"])
_STYLES = st.builds(
    Style,
    bold=st.booleans(),
    italic=st.booleans(),
    underline=st.booleans(),
    strike=st.booleans(),
    link=_LINKS,
)
_PIECES = _TEXT | st.sampled_from(["a b", "  two  spaces ", "tab\tbed", "\\{}", "<b>&amp;", "😀", "a\nb", "x  y"])


def _documents() -> SearchStrategy[Document]:
    runs = st.lists(st.builds(Run, _PIECES, _STYLES.map(shown)), max_size=3).map(joined)
    paragraphs = st.builds(Paragraph, runs, st.none() | st.sampled_from(Marker))
    return st.lists(paragraphs, max_size=4).map(without_empty_ends)


@given(_documents())
def test_a_document_survives_rtf(document: Document) -> None:
    assert read_rtf(write_rtf(document)) == document


@given(_documents())
def test_a_document_survives_html(document: Document) -> None:
    assert read_html(write_html(document)) == document


@given(_documents())
def test_what_is_written_is_a_clean_note(document: Document) -> None:
    assert clean(write_html(document)) == write_html(document)


@given(st.text(max_size=60))
def test_any_text_is_read_as_html(text: str) -> None:
    once = write_html(read_html(text))
    assert write_html(read_html(once)) == once


@given(st.binary(max_size=60))
def test_any_bytes_are_read_as_rtf(data: bytes) -> None:
    read_rtf(rb"{\rtf1 " + data)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One</p><p>Two<br>three</p>", "One\nTwo\nthree"),
        ("<ul><li>milk<li><p>bread</p></ul><ol><li>a</li><li>b</li></ol>", "- milk\n- bread\n1. a\n2. b"),
        ("<style>p {color: red}</style><script>alert(1)</script>  Hello \n <b>you</b> ", "Hello you"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a\nb"),
        ("plain &amp; simple", "plain & simple"),
    ],
)
def test_html_says_what_a_browser_shows(html: str, text: str) -> None:
    assert text_of(read_html(html)) == text


@pytest.mark.parametrize(
    "html",
    ['<a href="javascript:alert(1)">x</a>', '<img src=x onerror="alert(1)">x', '<p style="background:url(x)">x</p>'],
)
def test_html_brings_nothing_that_runs(html: str) -> None:
    assert write_html(read_html(html)) == "<p>x</p>"


def test_what_word_writes_is_read() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fnil\fcharset0 Calibri;}{\f1\fnil\fcharset204 Arial;}}"
        rb"{\colortbl ;\red255\green0\blue0;\red0\green0\blue0;}{\*\generator Riched20 10.0;}{\info{\author Anna}}"
        rb"\viewkind4\uc1\pard\sa200\cf2\f0\fs22 caf\'e9 \b bold\b0  \u8364?5 {\f1 \'cf\'f0\'e8}\par"
        rb"\pard{\pntext\f0\'B7\tab}{\*\pn\pnlvlblt}\cf1 red\cf0\par {\pntext\f0 1.\tab}one\par"
        rb'{\field{\*\fldinst{HYPERLINK "https://example.org/"}}{\fldrslt{\ul\cf1 here}}}\par\par}'
    )
    found = read_rtf(rtf)
    assert text_of(found) == "café bold €5 При\n- red\n1. one\nhere <https://example.org/>"
    assert found[0].runs[1] == Run("bold", Style(bold=True))
    assert found[3].runs == (Run("here", Style(link="https://example.org/")),)


def test_a_link_in_several_styles_is_one_and_says_once_where_it_leads() -> None:
    link = "https://example.org/"
    found = (Paragraph((Run("see ", Style(link=link)), Run("here ", Style(link=link, bold=True)))),)
    assert write_html(found) == f'<p><a href="{link}">see <b>here&nbsp;</b></a></p>'
    assert text_of(found) == f"see here <{link}>"


def test_a_bullet_that_is_a_letter_is_no_number() -> None:
    rtf = rb"{\rtf1\ansi{\listtext\f2 o\tab}milk\par{\listtext b)\tab}bread\par}"
    assert text_of(read_rtf(rtf)) == "- milk\n1. bread"


def test_what_stands_for_a_file_is_no_text() -> None:
    assert text_of(read_rtf(rb"{\rtf1\ansi\objattph\'20\pard see \b plan\b0\objattph   now}")) == "see plan now"


def test_html_inside_of_rtf_is_taken_out() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\*\htmltag18 <html>}"
        rb"{\*\htmltag50 <body>}\htmlrtf \lang2057 \htmlrtf0 {\*\htmltag64 <p>}{\*\htmltag84 <b>}"
        rb"\htmlrtf {\b \htmlrtf0 "
        rb"Important{\*\htmltag92 </b>}\htmlrtf }\htmlrtf0  \'e9t\'e9 {\*\htmltag84 &lt;}{\*\htmltag72 </p>}}"
    )
    assert write_html(read_rtf(rtf)) == "<p><b>Important</b> été &lt;</p>"


def test_a_text_without_formatting_is_plain() -> None:
    assert is_plain(read_rtf(rb"{\rtf1\ansi\pard\f0\fs22 just this\par and that}"))
    assert not is_plain(read_html("<i>x</i>"))
