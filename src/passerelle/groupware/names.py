"""Names that a new user finds: the default folders in the user's language (semantics, section 1.3)."""

from __future__ import annotations

from collections.abc import Mapping

from passerelle.model.folders import Module

_DEFAULT_FOLDERS: Mapping[str, Mapping[Module, str]] = {
    "en": {Module.CALENDAR: "Calendar", Module.CONTACTS: "Contacts", Module.TASKS: "Tasks"},
    "fr": {Module.CALENDAR: "Calendrier", Module.CONTACTS: "Contacts", Module.TASKS: "Tâches"},
    "de": {Module.CALENDAR: "Kalender", Module.CONTACTS: "Kontakte", Module.TASKS: "Aufgaben"},
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
    language = locale.replace("-", "_").partition("_")[0].lower()
    return _DEFAULT_FOLDERS.get(language, _DEFAULT_FOLDERS["en"])
