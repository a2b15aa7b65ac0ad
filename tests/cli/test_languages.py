"""The command line in the language of whoever types."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.cli.program import run
from passerelle.translations import LANGUAGES
from tests.cli.conftest import ANNA, Command
from tests.cli.connector import Person
from tests.support.commands import Server


@pytest.fixture
def person(command: Command, served: Server, tmp_path: Path) -> Person:
    one = Person(command, tmp_path / "connector")
    line = ("account", "add", served.url, "--login", ANNA.login, "--password-stdin")
    assert one.types(*line, stdin=ANNA.password + "\n").code == 0
    assert one.types("sync").code == 0
    return one


def test_help_is_in_french(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_LANGUAGE", "fr")
    shown = command("add", "appointment", "--help").out
    assert "Utilisation\u00a0: passerelle add appointment" in shown
    assert "Ajouter un rendez-vous." in shown
    assert "[obligatoire]" in shown


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "words",
    [(), ("add", "appointment"), ("account", "add"), ("server",), ("server", "user", "add"), ("sync",), ("skipped",)],
)
def test_help_fits_a_terminal(
    command: Command, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], language: str
) -> None:
    monkeypatch.setenv("PASSERELLE_LANGUAGE", language)
    monkeypatch.setenv("COLUMNS", "80")
    outcome = command(*words, "--help")
    assert outcome.code == 0
    assert max(len(line) for line in outcome.out.splitlines()) <= 80


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sync", "--wach"), "Die Option „--wach“ gibt es hier nicht. Meinten Sie „--watch“?"),
        (("snyc",), "Den Befehl „snyc“ gibt es hier nicht. Meinten Sie „sync“?"),
        (("show",), "„NUMBER“ fehlt."),
        (("show", "x"), "„x“ ist kein Wert für NUMBER. Geben Sie eine ganze Zahl an."),
        (("edit", "1", "--occurrence", "x"), "„x“ ist kein Wert für --occurrence. Geben Sie einen Tag an"),
        (("add", "appointment", "T", "--start"), "Auf „--start“ muss ein Wert folgen."),
        (("add", "appointment", "T", "--start", "x", "--repeat", "dayly"), "„dayly“ ist kein Wert für --repeat."),
        (("status", "now", "please"), "„now please“ ist zu viel."),
        (("status", "--account", "a", "--account", "b"), "„--account“ darf nur einmal angegeben werden."),
    ],
)
def test_a_mistake_in_the_line_is_explained_in_german(
    command: Command, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], said: str
) -> None:
    monkeypatch.setenv("PASSERELLE_LANGUAGE", "de")
    outcome = command(*words)
    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err.startswith(f"passerelle: {said}")


def test_tables_and_refusals_are_in_the_language_and_what_users_wrote_is_not(
    person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERELLE_LANGUAGE", "de")
    shown = person.does("list", "Calendar")
    assert "Wann" in shown
    assert "(Serie)" in shown
    assert "Calendar" in shown
    assert person.types("list", "Nowhere").err.startswith("passerelle: Es gibt keinen Ordner „Nowhere“.")


@pytest.mark.parametrize("words", [("folders",), ("list", "Calendar"), ("status",), ("sync",)])
def test_json_is_the_same_in_every_language(
    person: Person, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    def shape(value: object) -> object:
        """The document without times and what else differs from cycle to cycle."""
        if isinstance(value, dict):
            return {name: shape(part) for name, part in value.items() if name not in {"seconds", "last", "traffic"}}
        return [shape(part) for part in value] if isinstance(value, list) else value

    shown = []
    for language in LANGUAGES:
        monkeypatch.setenv("PASSERELLE_LANGUAGE", language)
        shown.append(shape(person.types(*words, "--json").json()))
    assert shown[0] == shown[1] == shown[2]


def test_a_reminder_cannot_come_after_the_start(person: Person) -> None:
    outcome = person.types("add", "appointment", "Dentist", "--start", "2026-12-01T09:00", "--alarm=-5")
    assert outcome.err.startswith("passerelle: A reminder comes before the start.")
    number = str(person.adds("appointment", "Dentist", "--start", "2026-12-01T09:00", "--alarm", "0")["id"])
    assert person.types("edit", number, "--set", "alarm=-5").code == outcome.code == 3


def test_english_loads_no_catalogue(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("passerelle.translations.DIRECTORY", Path("/nonexistent"))
    assert run(["--version"]) == 0
    assert run(["snyc"]) == 2
    assert "Did you mean" in capsys.readouterr().err
