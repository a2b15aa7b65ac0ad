"""Lines survive folding, odd line ends and odd character sets; parameters and texts survive their escapes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Unreadable
from passerelle.wire.contentlines import decode, escape, fold, line, parse, split, unescape, unfold

_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"))


@given(_TEXTS)
def test_a_folded_line_unfolds_to_itself(text: str) -> None:
    whole = "X:" + text.replace("\n", "")
    folded = fold(whole)
    assert all(len(each) <= 75 for each in folded.split(b"\r\n"))
    assert [decode(each.octets) for each in unfold(folded)] == [whole]


@given(_TEXTS)
def test_a_text_survives_its_escapes(text: str) -> None:
    assert unescape(escape(text)) == text


@given(st.lists(_TEXTS, min_size=1), st.sampled_from(",;"))
def test_a_list_splits_where_its_separators_are_not_escaped(texts: list[str], separator: str) -> None:
    joined = separator.join(map(escape, texts))
    assert [unescape(part) for part in split(joined, separator)] == texts


@given(_TEXTS.filter(bool), _TEXTS)
def test_a_parameter_survives_its_quotes(param: str, value: str) -> None:
    found = parse(line("NAME", escape(value), ("X-P", param)))
    assert (found.name, found.param("X-P"), unescape(found.value)) == ("NAME", param, value)


def test_a_line_is_taken_apart() -> None:
    found = parse('item1.tel;TYPE=work,voice;X="a;b:c",d;PREF:tel:+1')
    assert (found.group, found.name, found.value) == ("item1", "TEL", "tel:+1")
    assert found.params == (("TYPE", ("work", "voice")), ("X", ("a;b:c", "d")), ("", ("PREF",)))
    assert found.all("TYPE") == ("WORK", "VOICE")


def test_a_quotation_mark_that_nobody_closed_does_not_swallow_the_value() -> None:
    found = parse('ATTENDEE;CN="Bob;ROLE=CHAIR:mailto:bob@example.org')
    assert found.value == "mailto:bob@example.org"
    assert found.param("ROLE") == "CHAIR"


@pytest.mark.parametrize("text", ["", "no colon", ":no name", "two words:x"])
def test_a_line_without_name_or_colon_is_refused(text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse(text, 7)
    assert refused.value.line == 7


def test_numbers_are_those_of_the_first_physical_line() -> None:
    lines = list(unfold(b"A:1\r\n 2\r\n\r\nB:3\n\tC\rD:4"))
    assert [(each.number, each.octets) for each in lines] == [(1, b"A:12"), (4, b"B:3C"), (6, b"D:4")]


def test_a_character_that_was_folded_in_its_middle_is_whole_again() -> None:
    octets = "X:é".encode()
    (found,) = unfold(octets[:3] + b"\r\n " + octets[3:])
    assert decode(found.octets) == "X:é"


@pytest.mark.parametrize("charset", ["utf-8", "iso-8859-1", "unknown-charset"])
def test_octets_of_old_programs_become_their_characters(charset: str) -> None:
    assert decode("é€ ü".encode("cp1252") + "ñ".encode(), "utf-8") == "é€ üñ"
    assert decode(b"plain", charset) == "plain"


def test_quoted_printable_values_go_on_after_a_soft_line_break() -> None:
    (found,) = unfold(b"NOTE;ENCODING=QUOTED-PRINTABLE:one=0D=0A=\r\n two=\r\nthree\r\n")
    assert found.octets.endswith(b":one=0D=0A twothree")
