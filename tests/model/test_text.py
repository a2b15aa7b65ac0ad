"""Sentences that remember how they were made."""

from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Forbidden
from passerelle.model.text import Text, from_stored, plural, sentences, to_stored

values = st.text() | st.integers(-(2**53), 2**53) | st.booleans().map(lambda yes: Text("{n} of many", n=int(yes)))


def test_a_text_is_the_english_sentence() -> None:
    assert Text("There is no folder {id}.", id=7) == "There is no folder 7."


def test_a_text_without_values_may_hold_braces() -> None:
    assert Text("What the server said: {oops}") == "What the server said: {oops}"


def test_a_number_decides_which_sentence_is_said() -> None:
    assert [plural("{count} item", "{count} items", count=n) for n in (0, 1, 2)] == ["0 items", "1 item", "2 items"]


def test_sentences_stand_in_a_row_without_the_empty_ones() -> None:
    assert sentences("It is gone.", "", Text("Sync {when}.", when="first")) == "It is gone. Sync first."


def test_an_error_says_its_sentence_and_keeps_it_for_other_languages() -> None:
    error = Forbidden(Text("You may not read in the folder “{folder}”.", folder="Plans"))
    assert str(error) == "You may not read in the folder “Plans”."
    assert (error.text.template, error.text.values) == (
        "You may not read in the folder “{folder}”.",
        {"folder": "Plans"},
    )


@given(first=values, second=values)
def test_a_kept_text_comes_back_with_all_it_was_made_of(first: str | int, second: str | int) -> None:
    text = sentences(
        Text("It is {first}.", first=first), plural("{count} {second}", "{count} {second}s", count=2, second=second)
    )
    back = from_stored(to_stored(text))
    assert (back, back.template, back.values) == (text, text.template, text.values)
    assert to_stored(back) == to_stored(text)


def test_what_was_kept_as_plain_words_is_read_as_such() -> None:
    assert from_stored("The server refused.") == "The server refused."
