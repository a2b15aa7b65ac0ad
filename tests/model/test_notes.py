"""Notes have a text and a formatted form that go together, and no HTML comes through that could do anything."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from passerelle.model.items import Contact, Task
from passerelle.model.notes import clean, paired, says_more, text_of

HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='data:text/html,x'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    "<iframe src='//evil.example'></iframe>",
    "<object data=x></object>",
    "<embed src=x>",
    "<link rel=stylesheet href=x>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<base href='//evil.example'>",
    "<form action=x><input name=token>",
    "<p style='background:url(//evil.example)'>x</p>",
    "<style>@import '//evil.example'</style>",
    "<p id=dialog class=x>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<a href='https://a.example' target=_blank onclick=alert(1) ping='//evil.example'>x</a>",
)
parts = ("<b>", "</b>", "<li>", "<ul>", "&lt;", "<", ">", '"', "<p", "<!--", "&nbsp;")
pieces = st.one_of(st.sampled_from((*HOSTILE, *parts)), st.text())
soups = st.lists(pieces, max_size=12).map("".join)


@pytest.mark.parametrize("html", HOSTILE)
def test_nothing_that_could_run_or_be_fetched_comes_through(html: str) -> None:
    found = clean(html).lower()
    assert not any(f"<{tag}" in found for tag in ("script", "img", "svg", "math", "style", "iframe", "form", "input"))
    assert not any(word in found for word in ("javascript:", "vbscript:", "data:", "onerror=", "onclick=", "evil"))
    assert " style=" not in found
    assert " id=" not in found


@given(soups)
@example("<a href='https://a.example/?a=1&b=2'>x &amp; y</a>")
def test_what_is_clean_stays_as_it_is(html: str) -> None:
    once = clean(html)
    assert clean(once) == once
    assert "<script" not in once.lower()


@pytest.mark.parametrize(
    "unit",
    [
        "<div>",
        "<b>",
        "<b><p>x",
        "<ul><li>",
        "<table>",
        "<!--",
        "<a<",
        '<a "',
        "<![",
        "<!",
        "&#x",
        "</a",
        "<a b='",
        " a1=",
    ],
)
def test_no_html_takes_longer_than_it_is_long(unit: str) -> None:
    found = clean("<a " + unit * (100_000 // len(unit)))
    assert len(found) < 2_000_000
    assert found.count("<div>") < 100


def test_what_people_paste_keeps_its_words_and_its_form() -> None:
    word = (
        "<!--[if gte mso 9]><xml><w:WordDocument></w:WordDocument></xml><![endif]-->"
        "<style>p.MsoNormal {mso-x: 1}</style>"
        "<p class=MsoNormal style='margin:0cm'><b style='mso-y:z'>"
        "<span lang=EN-GB>Bring&nbsp;cake<o:p></o:p></span></b></p>"
        "<TABLE><TR><TD colspan=2 width=5>1 < 2<TD>c<TR><TD>"
        "<A HREF=https://a.example/?a=1&amp;b=2 class=x>d</A></TABLE>"
    )
    assert clean(word) == (
        '<p><b>Bring&nbsp;cake</b></p><table><tbody><tr><td colspan="2">1 &lt; 2</td><td>c</td></tr>'
        '<tr><td><a href="https://a.example/?a=1&amp;b=2">d</a></td></tr></tbody></table>'
    )


@given(soups)
def test_any_clean_html_has_a_text(html: str) -> None:
    text = text_of(clean(html))
    assert text == text.rstrip("\n")
    assert "\N{NO-BREAK SPACE}" not in text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>one</div><div><br></div><div>two<br></div>three", "one\n\ntwo\nthree"),
        ("<p>a\n  b</p>\n<p>c&nbsp; d</p>", "a b\nc  d"),
        ("<ol><li>x<ul><li>y</li></ul></li><li>z</li></ol>end", "1. x\n  - y\n2. z\nend"),
        ('<a href="https://a.example">https://a.example</a>', "https://a.example"),
        ('<a href="https://a.example">here</a>, <a href="mailto:b@a.example">b@a.example</a>',
         "here <https://a.example>, b@a.example"),
        ("<pre>a\n  b</pre>c", "a\n  b\nc"),
        ("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", "a\tb\nc"),
        ("<ul>" * 20 + "<li>deep</li>" + "</ul>" * 20, " " * 16 + "- deep"),
        ("", ""),
    ],
)  # fmt: skip
def test_text_is_read_off_as_people_would_write_it(html: str, text: str) -> None:
    assert text_of(clean(html)) == text


def test_lines_alone_say_no_more_than_their_text() -> None:
    assert not says_more("<div>a</div><p>b<br>c</p>")
    assert says_more("<div>a <b>b</b></div>")


OLD = Task(title="x", note="bring cake", note_html="<b>bring cake</b>")


def change(before: Task | None, after: Task, *said: str) -> tuple[str | None, str | None]:
    found = paired(before, after, said)
    return found.note, found.note_html


def test_who_knows_only_the_text_and_changes_it_drops_the_formatted_form() -> None:
    assert change(OLD, Task(note="bring tea", note_html=OLD.note_html), "note") == ("bring tea", None)
    assert change(OLD, Task(note=None, note_html=OLD.note_html), "note") == (None, None)


def test_who_leaves_the_text_alone_leaves_the_formatted_form_alone() -> None:
    assert change(OLD, Task(note=OLD.note, note_html=OLD.note_html, title="y"), "title", "note") == (
        OLD.note, OLD.note_html,
    )  # fmt: skip


def test_who_gives_only_the_formatted_form_has_the_text_read_off() -> None:
    assert change(OLD, Task(note=OLD.note, note_html="<p>bring <i>tea</i></p>"), "note_html") == (
        "bring tea", "<p>bring <i>tea</i></p>",
    )  # fmt: skip
    assert change(None, Task(note_html="<i>tea</i><script>x</script>")) == ("tea", "<i>tea</i>")


def test_who_gives_both_is_taken_at_his_word_as_far_as_it_is_clean() -> None:
    assert change(None, Task(note="tea", note_html="<i onclick=x>Tea!</i>")) == ("tea", "<i>Tea!</i>")
    assert change(OLD, Task(note="tea", note_html=OLD.note_html), "note", "note_html") == ("tea", OLD.note_html)


def test_html_of_which_nothing_is_left_is_none() -> None:
    assert change(OLD, Task(note=OLD.note, note_html="<script>x</script>"), "note_html") == (OLD.note, None)
    assert paired(None, Contact(note="a"), ()).note_html is None
