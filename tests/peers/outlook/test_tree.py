"""The folders of our own in Outlook are called as the user's language has it."""

from __future__ import annotations

import pytest

from passerelle.model.folders import Module
from passerelle.model.ids import UserId
from passerelle.peers.base import FolderDraft, Root, Spot
from passerelle.peers.outlook.constants import StoreType
from passerelle.peers.outlook.errors import ComError
from passerelle.peers.outlook.tree import Tree
from passerelle.translations import catalogue
from tests.outlook_double.machine import Machine

FILE = r"C:\anna.pst"
GERMAN = ["OX-Systemordner", "Öffentliche OX-Ordner"]


@pytest.fixture
def machine() -> Machine:
    machine = Machine()
    machine.start()
    machine.session.namespace.AddStoreEx(FILE, StoreType.Unicode)
    return machine


def tree(machine: Machine, language: str) -> Tree:
    return Tree(machine.session.namespace, FILE, UserId(3), catalogue(language).say)


def read(machine: Machine, language: str) -> list[str]:
    """The topmost folders after a look in a language."""
    tree(machine, language).read()
    return names(machine)


def names(machine: Machine) -> list[str]:
    root = machine.profile.data_files[FILE].root
    return sorted(folder.name for folder in root.children if folder.default is None)


@pytest.fixture
def shown(machine: Machine) -> Machine:
    """A data file with a public folder, shown in German."""
    one = tree(machine, "de")
    one.read()
    one.create(FolderDraft(spot=Spot(root=Root.PUBLIC), name="Team", module=Module.CALENDAR))
    return machine


def test_they_are_made_in_the_users_language(shown: Machine) -> None:
    assert names(shown) == GERMAN


def test_another_language_renames_them_and_makes_no_second_ones(shown: Machine) -> None:
    assert read(shown, "fr") == ["Dossiers publics OX", "Dossiers système OX"]
    assert read(shown, "en") == ["OX public folders", "OX system folders"]
    found = [one.remote.name for one in tree(shown, "de").read().values()]
    assert sorted(found) == ["Globales Adressbuch", "Team"]
    assert names(shown) == GERMAN


def test_one_that_the_user_has_renamed_keeps_that_name(shown: Machine) -> None:
    root = shown.profile.data_files[FILE].root
    next(folder for folder in root.children if folder.name == "OX-Systemordner").name = "System"
    assert read(shown, "fr") == ["Dossiers publics OX", "System"]


def test_where_another_folder_is_called_so_it_keeps_its_name(shown: Machine) -> None:
    one = tree(shown, "de")
    one.create(FolderDraft(spot=Spot(root=Root.PRIVATE), name="Dossiers publics OX", module=Module.TASKS))
    assert read(shown, "fr") == ["Dossiers publics OX", "Dossiers système OX", "Öffentliche OX-Ordner"]


def test_folders_whose_words_cannot_be_read_are_not_taken_for_new_ones(shown: Machine) -> None:
    before = list(tree(shown, "de").read())
    usual, shown.habits.property_limit = shown.habits.property_limit, len("system")
    with pytest.raises(ComError):
        tree(shown, "de").read()
    shown.habits.property_limit = usual
    assert list(tree(shown, "de").read()) == before


def test_where_outlook_tells_nothing_in_bulk_the_folders_are_the_same(shown: Machine) -> None:
    before = {id_: one.remote for id_, one in tree(shown, "de").read().items()}
    shown.habits.allows_bulk = False
    assert {id_: one.remote for id_, one in tree(shown, "de").read().items()} == before
