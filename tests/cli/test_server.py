"""What an administrator types, and what comes of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.model.errors import Contradiction, Invalid, Misconfigured, NotFound, Unreadable
from tests.cli.conftest import Command
from tests.support.commands import Server

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//test//
BEGIN:VEVENT
UID:one@example.org
DTSTAMP:20261101T000000Z
DTSTART;TZID=Europe/Berlin:20261201T090000
DTEND;TZID=Europe/Berlin:20261201T100000
SUMMARY:Besprechung
X-MOON:full
END:VEVENT
BEGIN:VEVENT
UID:two@example.org
DTSTAMP:20261101T000000Z
DTSTART:never
SUMMARY:Broken
END:VEVENT
END:VCALENDAR
"""


def test_a_server_is_made_once_and_never_over_another(command: Command, tmp_path: Path) -> None:
    assert command("server", "init", "--data", tmp_path / "a").code == 0
    again = command("server", "init", "--data", tmp_path / "a")
    assert again.code == Misconfigured.exit_code
    assert str(tmp_path / "a") in again.err


def test_a_command_on_a_directory_without_a_server_says_so(command: Command, tmp_path: Path) -> None:
    outcome = command("server", "user", "list", "--data", tmp_path / "nowhere")
    assert outcome.code == Misconfigured.exit_code
    assert "Traceback" not in outcome.err


def test_users_are_listed_for_a_script(command: Command, office: Path) -> None:
    users = command("server", "user", "list", "--json", "--data", office).json()
    assert isinstance(users, list)
    assert [user["login"] for user in users] == ["anna"]
    assert "secret" not in str(users)


def test_a_login_is_given_once(command: Command, office: Path) -> None:
    words = ("--name", "Other", "--email", "other@example.org", "--password-stdin")
    outcome = command("server", "user", "add", "anna", *words, "--data", office, stdin="x\n")
    assert outcome.code == Contradiction.exit_code


def test_an_empty_password_is_refused(command: Command, office: Path) -> None:
    words = ("--name", "Ben", "--email", "ben@example.org", "--password-stdin")
    outcome = command("server", "user", "add", "ben", *words, "--data", office, stdin="\n")
    assert outcome.code == Misconfigured.exit_code


def test_a_group_needs_members_that_exist(command: Command, office: Path) -> None:
    outcome = command("server", "group", "add", "team", "--member", "nobody", "--data", office)
    assert outcome.code == NotFound.exit_code
    assert "nobody" in outcome.err


def test_the_good_half_of_a_broken_file_is_imported_and_comes_back_whole(
    command: Command, office: Path, tmp_path: Path
) -> None:
    file = tmp_path / "plans.ics"
    file.write_text(EVENT)
    outcome = command("server", "import", "--user", "anna", "--data", office, file)
    assert outcome.code == 3
    assert "plans.ics, line 1" in outcome.out

    exported = command("server", "export", "Calendar", "--user", "anna", "--data", office).out
    assert "SUMMARY:Besprechung" in exported
    assert "X-MOON:full" in exported
    assert "Broken" not in exported


def test_importing_again_changes_nothing(command: Command, office: Path, tmp_path: Path) -> None:
    file = tmp_path / "plans.ics"
    file.write_text(EVENT)
    command("server", "import", "--user", "anna", "--data", office, file)
    report = command("server", "import", "--user", "anna", "--data", office, "--json", file).json()
    assert isinstance(report, list)
    assert (report[0]["imported"], report[0]["unchanged"], len(report[0]["refused"])) == (0, 1, 1)


def test_a_folder_that_is_not_there_is_named(command: Command, office: Path) -> None:
    outcome = command("server", "export", "Holidays", "--user", "anna", "--data", office)
    assert outcome.code == NotFound.exit_code
    assert "Holidays" in outcome.err


def test_an_address_beyond_this_machine_needs_tls(command: Command, office: Path) -> None:
    outcome = command("server", "run", "--host", "192.0.2.1", "--port", "0", "--data", office)
    assert outcome.code == Misconfigured.exit_code
    assert "--certificate" in outcome.err


def test_a_server_that_starts_clears_away_what_a_crash_left_behind(tmp_path: Path) -> None:
    server = Server(tmp_path, zone="UTC")
    torn = tmp_path / "server" / "files" / ".new-torn"
    torn.parent.mkdir(parents=True, exist_ok=True)
    torn.write_bytes(b"half")
    with server:
        assert not torn.exists()


def test_a_wrong_word_is_a_usage_error_and_help_is_not(command: Command) -> None:
    assert command("server", "fly").code == 2
    assert command("--help").code == 0
    assert "passerelle demo" in command("--help").out


def test_a_file_that_is_not_there_is_named(command: Command, office: Path) -> None:
    outcome = command("server", "import", "nowhere.ics", "--user", "anna", "--data", office)
    assert outcome.code == Unreadable.exit_code
    assert outcome.err == "passerelle: “nowhere.ics” cannot be read: No such file or directory.\n"


def test_a_language_that_we_do_not_speak_is_refused(command: Command, office: Path) -> None:
    words = ("--name", "Eva Ruiz", "--email", "eva@example.org", "--language", "es", "--password-stdin")
    outcome = command("server", "user", "add", "eva", *words, "--data", office, stdin="secret\n")
    assert outcome.code == Invalid.exit_code
    assert outcome.err == "passerelle: “es” is no value for --language. Use one of: en, fr, de.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--port", "99999"), "Give --port as a number from 1 to 65535, or 0 for a free one."),
        (("--key", "key.pem"), "--key belongs to a certificate. Give --certificate, too."),
        (("--certificate", "cert.pem"), "The certificate and its key cannot be used: No such file or directory."),
    ],
)
def test_a_server_that_could_not_answer_does_not_start(
    command: Command, office: Path, words: tuple[str, ...], said: str
) -> None:
    outcome = command("server", "run", *words, "--data", office)
    assert outcome.code in {Invalid.exit_code, Misconfigured.exit_code}
    assert outcome.err.startswith(f"passerelle: {said}")


def test_a_database_that_is_not_postgresql_is_refused_without_repeating_its_address(
    command: Command, tmp_path: Path
) -> None:
    outcome = command("server", "init", "--data", tmp_path / "new", "--database", "mysql://root:secret@host/db")
    assert outcome.code == Misconfigured.exit_code
    assert "PostgreSQL" in outcome.err
    assert "secret" not in outcome.err
    assert not (tmp_path / "new").exists()
