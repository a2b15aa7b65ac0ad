"""The catalogues: complete, in the typography of their language, and read as expected."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from passerelle.model.text import Text, plural, sentences
from passerelle.translations import DIRECTORY, LANGUAGES, catalogue, chosen_language, language_of, of_windows

SCRIPT = Path(__file__).parents[2] / "scripts" / "messages"


def translations(language: str) -> list[str]:
    with (DIRECTORY / language / "LC_MESSAGES" / "passerelle.po").open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    return [
        str(one) for each in messages for one in ([each.string] if isinstance(each.string, str) else each.string or ())
    ]


def test_every_message_is_translated_into_every_language_and_compiled() -> None:
    answer = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stderr) == (0, ""), f"`make messages` tells what to do:\n{answer.stdout}"


def test_french_has_its_spaces_and_apostrophes() -> None:
    fault = re.compile(r"'|“| :|[^\u00a0]»|«[^\u00a0]|[^\u202f][;!?]|\w:(?=\s|$)")
    wrong = [text for text in translations("fr") if fault.search(text)]
    assert wrong == []


def test_german_has_its_quotation_marks() -> None:
    wrong = [text for text in translations("de") if text.count("„") != text.count("“") or "”" in text or "'" in text]
    assert wrong == []


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "fr_CA.UTF-8"}, "fr"),
        ({"LANG": "fr_FR.UTF-8", "LC_MESSAGES": "de_AT"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LC_ALL": "fr_FR.UTF-8", "PASSERELLE_LANGUAGE": "de"}, "de"),
        ({"LC_ALL": "", "LANG": "de"}, "de"),
        ({"LANG": "es_ES.UTF-8"}, "en"),
    ],
)
def test_the_language_is_that_of_the_environment(environment: dict[str, str], language: str) -> None:
    assert chosen_language(environment) == language


@pytest.mark.parametrize(
    ("number", "language"), [(0x0407, "de"), (0x0C07, "de"), (0x100C, "fr"), (0x0809, "en"), (0, "en")]
)
def test_on_windows_it_is_that_of_its_dialogs(number: int, language: str) -> None:
    assert language_of(of_windows(number)) == language


def test_a_sentence_is_said_with_its_values_and_the_sentences_in_it() -> None:
    reason = Text("You may not read in the folder “{folder}”.", folder="Calendar")
    text = Text("“{folder}” could not be synchronised: {error}", folder="Team", error=reason)
    said = catalogue("de").say(text)
    assert said == "„Team“ ließ sich nicht synchronisieren: Sie dürfen im Ordner „Calendar“ nicht lesen."


def test_values_that_users_gave_are_never_translated() -> None:
    assert catalogue("de").say(Text("adds “{title}”", title="Folders")) == "fügt „Folders“ hinzu"


def test_a_number_takes_the_form_that_the_language_has_for_it() -> None:
    texts = [plural("{count} item", "{count} items", count=n) for n in (0, 1, 2)]
    assert [catalogue("fr").say(text) for text in texts] == ["0 élément", "1 élément", "2 éléments"]
    assert [catalogue("de").say(text) for text in texts] == ["0 Einträge", "1 Eintrag", "2 Einträge"]


@pytest.mark.parametrize(("language", "said"), [("en", "1,234.50"), ("de", "1.234,50"), ("fr", "1\u202f234,50")])
def test_numbers_have_the_marks_of_the_language(language: str, said: str) -> None:
    assert catalogue(language).say(Text("{number:,.2f}", number=1234.5)) == said


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_no_catalogue_knows_stays_as_it_is(language: str) -> None:
    for text in ("", "Quota exceeded {7}", Text("Quota of {user}", user="Ben"), sentences("So it is.")):
        assert catalogue(language).say(text) == text
