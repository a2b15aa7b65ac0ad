"""Pages name no commands: what the engine says of them is said in another way there, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from passerelle.desk.instead import INSTEAD, page_catalogue
from passerelle.model.text import Text, from_stored, sentences, to_stored
from passerelle.translations import DIRECTORY

COMMAND = re.compile(r"passerelle [a-z]|(?<!\w)--[a-z]")
SEEN_ON_PAGES = ("sync/", "peers/line/", "peers/ox_webdav/")
FIELD = re.compile(r"{(\w+)")


def sentences_of_the_engine() -> set[str]:
    """What the engine, the accounts and the line say."""
    with (DIRECTORY / "de" / "LC_MESSAGES" / "passerelle.po").open("rb") as file:
        known = read_po(file)
    return {
        one.id if isinstance(one.id, str) else one.id[0]
        for one in known
        if any(str(Path(place)).startswith(SEEN_ON_PAGES) for place, _ in one.locations)
    }


def test_each_sentence_that_names_a_command_has_another_for_pages() -> None:
    naming = {one for one in sentences_of_the_engine() if COMMAND.search(one)}
    assert naming == set(INSTEAD)
    for english, other in INSTEAD.items():
        assert not COMMAND.search(other.template)
        assert set(FIELD.findall(other.template)) <= set(FIELD.findall(english))


@pytest.mark.parametrize("language", ["en", "fr", "de"])
def test_what_was_kept_is_said_for_pages_with_its_values(language: str) -> None:
    words = page_catalogue(language)
    for english, other in INSTEAD.items():
        values: dict[str, str | int] = dict.fromkeys(FIELD.findall(english), "Anna")
        if other.many:
            values["count"] = 2
        kept = from_stored(to_stored(sentences(Text(english, **values), "Done.")))
        said = words.say(kept)
        assert not COMMAND.search(said)
        assert ("Anna" in said) is bool(set(FIELD.findall(other.template)) - {"count"})
        assert words.language == "en" or said != str(kept)
