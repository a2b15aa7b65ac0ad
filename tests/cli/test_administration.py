"""Users, groups, resources and passwords, as an administrator types it."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

import pytest

from passerelle.model.errors import Contradiction, Invalid, Missing, NotFound, Unreadable, Unsafe
from tests.cli.conftest import Command, Outcome
from tests.support.commands import PROGRAM

Office = Path


def add(command: Command, office: Path, login: str, name: str, password: str = "quartz giraffe teapot") -> Outcome:
    words = ("--name", name, "--email", f"{login}@example.org", "--password-stdin")
    return command("server", "user", "add", login, *words, "--data", office, stdin=f"{password}\n")


@pytest.fixture
def admin(command: Command, office: Path) -> Command:
    """``passerelle server …`` on an office with anna and ben, who are the group team, and a room."""
    assert add(command, office, "ben", "Ben Roth").code == 0

    def call(*words: str | Path, stdin: str = "") -> Outcome:
        return command("server", *words, "--data", office, stdin=stdin)

    assert call("group", "add", "team", "--member", "anna", "--member", "ben").code == 0
    assert call("resource", "add", "room", "--email", "room@example.org").code == 0
    return call


def field(outcome: Outcome, *path: str) -> object:
    found = outcome.json()
    for name in path:
        assert isinstance(found, dict)
        found = found.get(name)
    return found


def test_a_user_is_shown_and_changed(admin: Command) -> None:
    words = ("--new-login", "benedict", "--name", "Benedict Roth", "--zone", "Europe/Berlin", "--attachment-quota", "5")
    assert admin("user", "change", "ben", *words, "--free-busy", "nothing").code == 0
    shown = admin("user", "show", "benedict", "--json")
    assert field(shown, "user", "display_name") == "Benedict Roth"
    assert field(shown, "user", "attachment_quota") == 5 * 1024 * 1024
    assert field(shown, "groups") == ["team"]
    assert "Benedict Roth" in admin("user", "show", "benedict").out
    assert admin("user", "change", "benedict", "--answer-private", "tentative", "--answer-public", "accepted").code == 0
    assert "tentative, accept" in admin("user", "show", "benedict").out
    assert admin("user", "show", "ben").code == NotFound.exit_code


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--email", "anna@example.org"), Contradiction.exit_code),
        (("--display-name", "Anna Weber"), Invalid.exit_code),
        (("--language", "es"), Invalid.exit_code),
        (("--attachment-quota", "-2"), Invalid.exit_code),
        (("--withhold", "tasks", "--grant", "tasks"), Contradiction.exit_code),
        (("--free-busy", "much"), 2),
    ],
)
def test_a_change_that_cannot_be_says_why(admin: Command, words: tuple[str, ...], code: int) -> None:
    outcome = admin("user", "change", "ben", *words)
    assert outcome.code == code
    assert outcome.err.startswith("passerelle: ")


def test_a_user_is_disabled_and_enabled(admin: Command) -> None:
    assert "cannot log in" in admin("user", "disable", "ben").out
    assert field(admin("user", "show", "ben", "--json"), "user", "disabled") is True
    assert field(admin("user", "enable", "ben", "--json"), "disabled") is None


def test_an_administrator_is_made_and_unmade(admin: Command) -> None:
    for option, shown in (("--administrator", True), ("--no-administrator", None)):
        assert admin("user", "change", "anna", option).code == 0
        assert field(admin("user", "show", "anna", "--json"), "user", "administrator") == shown


def test_without_a_terminal_deletion_asks_for_an_option_and_deletes_nothing(admin: Command) -> None:
    outcome = admin("user", "delete", "ben")
    assert outcome.code == Unsafe.exit_code
    assert "--items delete" in outcome.err
    assert admin("user", "delete", "ben", "--items", "transfer").code == Missing.exit_code
    assert admin("user", "delete", "ben", "--items", "delete").code == 0
    assert admin("user", "show", "ben").code == NotFound.exit_code
    assert field(admin("group", "show", "team", "--json"), "members") == ["anna"]


def test_a_transfer_says_what_the_heir_has_now(admin: Command) -> None:
    report = admin("user", "delete", "ben", "--items", "transfer", "--to", "anna", "--json")
    assert (field(report, "heir"), field(report, "folders"), field(report, "items")) == ("anna", 3, 0)


@pytest.mark.parametrize(("answer", "code"), [("anna", 0), ("delete", 0), ("", Unsafe.exit_code), ("nobody", 4)])
def test_on_a_terminal_deletion_asks_what_becomes_of_the_items(
    admin: Command, office: Path, answer: str, code: int
) -> None:
    inner, outer = pty.openpty()
    words = [str(PROGRAM), "server", "user", "delete", "ben", "--data", str(office)]
    with subprocess.Popen(words, stdin=outer, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        os.write(inner, f"{answer}\n".encode())
        out, err = process.communicate(timeout=60)
    os.close(inner)
    os.close(outer)
    assert process.returncode == code, err
    assert "Ben Roth" in out
    assert admin("user", "show", "ben").code == (NotFound.exit_code if code == 0 else 0)


def test_groups_and_their_members_change(admin: Command) -> None:
    assert "1 member" in admin("group", "member", "remove", "team", "anna").out
    assert "2 members" in admin("group", "member", "add", "team", "anna").out
    assert admin("group", "member", "add", "team", "nobody").code == NotFound.exit_code
    assert admin("group", "change", "team", "--new-name", "crew", "--display-name", "The crew").code == 0
    groups = admin("group", "list", "--json").json()
    assert isinstance(groups, list)
    assert [(group["name"], group["display_name"]) for group in groups] == [("crew", "The crew")]
    assert admin("group", "delete", "crew").code == 0
    assert admin("group", "show", "crew").code == NotFound.exit_code


def test_rooms_change_and_go(admin: Command) -> None:
    assert admin("resource", "change", "room", "--display-name", "Blue room", "--description", "Second floor").code == 0
    assert field(admin("resource", "show", "room", "--json"), "description") == "Second floor"
    assert "Blue room" in admin("resource", "list").out
    assert admin("resource", "delete", "room").code == 0
    assert admin("resource", "list", "--json").json() == []


def test_a_weak_password_is_told_of_and_accepted_until_rules_are_set(
    command: Command, admin: Command, office: Path
) -> None:
    outcome = add(command, office, "cleo", "Cleo Kern", "secret")
    assert outcome.code == 0
    assert "too short" in outcome.err
    assert admin("password-rules", "--minimum-score", "3", "--minimum-length", "10").code == 0
    refused = add(command, office, "dora", "Dora Dahl", "dora dahl 1")
    assert refused.code == Invalid.exit_code
    assert "easy to guess" in refused.err
    assert admin("user", "password", "ben", "--password-stdin", stdin="ben\n").code == Invalid.exit_code
    assert admin("user", "password", "ben", "--password-stdin", stdin="quartz giraffe 7 teapot\n").code == 0
    assert admin("password-rules", "--only-warn").code == 0
    assert field(admin("password-rules", "--json"), "strict") is False
    assert admin("user", "password", "ben", "--password-stdin", stdin="ben\n").code == 0


def test_whoever_types_a_password_sees_how_strong_it_is(admin: Command, office: Path) -> None:
    inner, outer = pty.openpty()
    words = [str(PROGRAM), "server", "user", "password", "ben", "--data", str(office)]
    environment = {**os.environ, "PASSERELLE_LANGUAGE": "fr"}

    with subprocess.Popen(
        words, stdin=outer, stdout=subprocess.PIPE, stderr=outer, env=environment, start_new_session=True
    ) as process:
        said = b""
        while b"ben" not in said:
            said += os.read(inner, 1000)
        os.write(inner, b"password\n")
        process.wait(timeout=60)
    os.close(outer)
    said += _rest(inner)
    os.close(inner)
    assert process.returncode == 0
    assert "■□□□□ très faible" in said.decode()
    assert "mot de passe" in said.decode()


def _rest(stream: int) -> bytes:
    """What a terminal still holds whose other end is closed."""
    said = b""
    try:
        while piece := os.read(stream, 1000):
            said += piece
    except OSError:  # Linux says so at the end
        pass
    return said


class TestTables:
    """Users from a table."""

    TABLE = (
        "login;Nom;Prénom;E-mail;groups\r\nlea;Dupont;Léa;lea@example.org;team\r\nben;Roth;Ben;ben@example.org;team\r\n"
    )

    def test_a_table_is_tried_imported_and_imported_again(self, admin: Command, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_bytes(self.TABLE.encode("utf-16"))
        tried = admin("user", "import", file, "--dry-run")
        assert "1 added, 0 changed, 1 as they were, 0 refused." in tried.out
        assert admin("user", "show", "lea").code == NotFound.exit_code
        assert "1 added" in admin("user", "import", file).out
        assert field(admin("user", "show", "lea", "--json"), "user", "display_name") == "Léa Dupont"
        again = admin("user", "import", file, "--json").json()
        assert isinstance(again, list)
        assert [one["deed"] for one in again] == ["unchanged", "unchanged"]

    def test_a_bad_line_is_named_and_the_rest_comes(self, admin: Command, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text("login,email\nlea,nowhere\nmax,max@example.org\n")
        outcome = admin("user", "import", file)
        assert outcome.code == 3
        assert "Line 2 (lea): refused: “nowhere” is no mail address." in outcome.out
        assert admin("user", "show", "max").code == 0

    def test_what_is_no_table_is_refused(self, admin: Command, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text("name\nx\n")
        assert admin("user", "import", file).code == Unreadable.exit_code
        assert admin("user", "import", tmp_path / "nowhere.csv").code == Unreadable.exit_code


@pytest.mark.parametrize(
    "words",
    [("user",), ("user", "delete"), ("user", "import-ldap"), ("group", "member"), ("resource",), ("password-rules",)],
)
def test_help_teaches(command: Command, words: tuple[str, ...]) -> None:
    outcome = command("server", *words, "--help")
    assert outcome.code == 0
    assert "Usage" in outcome.out
