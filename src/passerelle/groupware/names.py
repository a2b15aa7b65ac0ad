"""Names that a new user finds: the default folders in the user's language (semantics, section 1.3)."""

from __future__ import annotations

from collections.abc import Mapping

from passerelle.model.folders import Module
from passerelle.model.text import Text
from passerelle.translations import catalogue, language_of

_DEFAULT_FOLDERS: Mapping[Module, Text] = {
    Module.CALENDAR: Text("Calendar"),
    Module.CONTACTS: Text("Contacts"),
    Module.TASKS: Text("Tasks"),
}

RESERVED_BELOW_PUBLIC = frozenset(
    name.casefold()
    for name in (
        "Global address book", "Carnet d'adresses global", "Globales Adressbuch",
        "Shared address book", "Carnet d'adresses partagé", "Gemeinsames Adressbuch",
    )
)  # fmt: skip
"""Names that no folder directly below the public root may take, in any language, case-folded."""


def default_folders(locale: str) -> Mapping[Module, str]:
    """The names of the three default folders; English where we do not speak the language.

    >>> default_folders("de_CH")[Module.TASKS]
    'Aufgaben'
    """
    words = catalogue(language_of(locale))
    return {module: words.say(name) for module, name in _DEFAULT_FOLDERS.items()}
