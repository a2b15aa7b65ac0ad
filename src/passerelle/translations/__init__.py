"""The languages that Passerelle speaks, and its sentences in them.

Sentences stand in English in the code (:class:`passerelle.model.text.Text`); ``<language>/LC_MESSAGES/passerelle.po``
holds the translations and the ``.mo`` beside it what is read here. ``make messages`` keeps both in step with the code.
"""

from __future__ import annotations

import os
import string
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from passerelle.model.text import Text

if TYPE_CHECKING:
    import gettext

LANGUAGES = ("en", "fr", "de")
"""English is that of the code; each other one has a catalogue."""

DOMAIN = "passerelle"
DIRECTORY = Path(__file__).parent
_VARIABLES = ("PASSERELLE_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG")
_MARKS = {"fr": str.maketrans(",.", "\u202f,"), "de": str.maketrans(",.", ".,")}
"""What stands for the comma between thousands and the decimal point."""


def language_of(locale: str) -> str:
    """The language of a locale; English where we do not speak it.

    >>> language_of("de_CH.UTF-8"), language_of("fr-CA"), language_of("C")
    ('de', 'fr', 'en')
    """
    language = locale.replace("-", "_").partition("_")[0].partition(".")[0].lower()
    return language if language in LANGUAGES else "en"


def chosen_language(environment: Mapping[str, str]) -> str:
    """The language of somebody's environment variables: our own, else the first that POSIX names for messages.

    Where they say nothing, that of Windows' own dialogs holds.

    >>> chosen_language({"LANG": "fr_FR.UTF-8", "LC_ALL": ""})
    'fr'
    """
    return language_of(next((environment[name] for name in _VARIABLES if environment.get(name)), _of_system()))


def _of_system() -> str:
    """The locale of the system where it has one beside the environment, as Windows does; else English."""
    if sys.platform != "win32":
        return "en"
    import ctypes  # noqa: PLC0415 - not needed elsewhere

    return of_windows(ctypes.windll.kernel32.GetUserDefaultUILanguage())


def of_windows(number: int) -> str:
    """The locale that Windows means by a number (MS-LCID); English where it is none.

    >>> of_windows(0x0407), of_windows(0x100C), of_windows(0)
    ('de_DE', 'fr_CH', 'en')
    """
    import locale  # noqa: PLC0415 - as above

    return locale.windows_locale.get(number, "en")


class Catalogue:
    """Says sentences in one language. ``instead`` has others for some, by their English, with the same values."""

    def __init__(self, language: str, instead: Mapping[str, Text] = {}) -> None:
        self.language = language_of(language)
        self._instead = instead
        self._known = _read(self.language)
        self._formatter = _Formatter(_MARKS.get(language, {}))

    def say(self, text: str) -> str:
        """The sentence in this language; in English where there is no translation.

        A plain ``str`` is a sentence without values, as is often raised.
        """
        if self._instead and text:
            text = _replaced(Text.of(text), self._instead)
        if self._known is None or not text:
            return str(text)
        if not isinstance(text, Text):
            return self._known.gettext(text)
        if text.many:
            template = self._known.ngettext(text.template, text.many, int(text.values["count"]))
        else:
            template = self._known.gettext(text.template)
        if not text.values:
            return template
        values = {name: self.say(value) if isinstance(value, Text) else value for name, value in text.values.items()}
        return self._formatter.vformat(template, (), values)


def _replaced(text: Text, instead: Mapping[str, Text]) -> Text:
    """The text with what is to be said in the place of it, or of what it holds."""
    values = {name: _replaced(one, instead) if isinstance(one, Text) else one for name, one in text.values.items()}
    return instead.get(text.template, text).having(values)


def said(text: str) -> str:
    """A sentence in the language of whoever runs the program, as the environment names it."""
    return catalogue(chosen_language(os.environ)).say(text)


@cache
def catalogue(language: str) -> Catalogue:
    """The catalogue of a language, read once."""
    return Catalogue(language)


def _read(language: str) -> gettext.NullTranslations | None:
    if language == "en":
        return None
    import gettext  # noqa: PLC0415 - who speaks English does not need it

    with (DIRECTORY / language / "LC_MESSAGES" / f"{DOMAIN}.mo").open("rb") as file:
        return gettext.GNUTranslations(file)


class _Formatter(string.Formatter):
    """Writes numbers that ask for a decimal point, or for a comma between thousands, with the language's marks."""

    def __init__(self, marks: Mapping[int, int]) -> None:
        self._marks = marks

    def format_field(self, value: object, format_spec: str) -> str:
        text = str(super().format_field(value, format_spec))
        return text.translate(self._marks) if format_spec and isinstance(value, int | float) else text
