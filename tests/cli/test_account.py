"""Accounts on this machine: added, listed, given a new password, removed; and what is said when that cannot be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import msgspec
import pytest

from passerelle.model.errors import (
    Contradiction,
    Invalid,
    Misconfigured,
    Missing,
    NotFound,
    Unauthenticated,
    Unreachable,
    Unsafe,
)
from passerelle.sync.accounts.registry import Accounts
from tests.cli.conftest import ANNA, Command
from tests.cli.connector import Person, mapping
from tests.support.commands import Server

NOBODY_LISTENS = "http://127.0.0.1:1"
ANOTHER_MACHINE = "http://192.0.2.1"


@pytest.fixture
def newcomer(command: Command, tmp_path: Path) -> Person:
    return Person(command, tmp_path / "connector")


def add(person: Person, url: str, *words: str, password: str = ANNA.password) -> tuple[int, str]:
    line = ("account", "add", url, "--login", ANNA.login, "--password-stdin", *words)
    outcome = person.types(*line, stdin=password + "\n")
    return outcome.code, outcome.out + outcome.err


def test_an_account_is_added_listed_and_removed(newcomer: Person, served: Server) -> None:
    assert add(newcomer, served.url, "--name", "office") == (
        0,
        "Added the account office. Next: passerelle sync\n",
    )
    listed = newcomer.does("account", "list", "--json")
    assert '"office"' in listed
    assert ANNA.password not in listed
    assert "office" in newcomer.does("account", "list")
    newcomer.does("account", "remove", "office")
    assert newcomer.types("account", "list", "--json").json() == []


def test_a_wrong_password_adds_nothing(newcomer: Person, served: Server) -> None:
    assert add(newcomer, served.url, password="wrong")[0] == Unauthenticated.exit_code
    assert newcomer.types("account", "list", "--json").json() == []


def test_a_server_that_is_not_there_is_unreachable(newcomer: Person) -> None:
    assert add(newcomer, NOBODY_LISTENS)[0] == Unreachable.exit_code


def test_a_password_does_not_go_unencrypted_to_another_machine(newcomer: Person) -> None:
    code, said = add(newcomer, ANOTHER_MACHINE)
    assert code == Misconfigured.exit_code
    assert "https" in said


def test_an_address_that_is_none_is_named(newcomer: Person) -> None:
    code, said = add(newcomer, "ftp://files.example.org")
    assert code == Misconfigured.exit_code
    assert "ftp://files.example.org" in said


def test_a_name_is_given_once(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url)
    assert add(newcomer, served.url)[0] == Contradiction.exit_code
    assert add(newcomer, served.url, "--name", "again")[0] == 0


def test_with_several_accounts_one_must_be_named(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url, "--name", "one")
    add(newcomer, served.url, "--name", "two")
    outcome = newcomer.types("folders")
    assert outcome.code == NotFound.exit_code
    assert "one, two" in outcome.err
    assert newcomer.types("folders", "--account", "three").code == NotFound.exit_code
    newcomer.does("folders", "--account", "two")


def test_without_an_account_every_command_says_how_to_add_one(newcomer: Person) -> None:
    for words in (("sync",), ("status",), ("folders",), ("list", "Calendar"), ("show", "1"), ("delete", "1")):
        outcome = newcomer.types(*words)
        assert outcome.code == NotFound.exit_code
        assert "passerelle account add" in outcome.err


def test_a_new_password_is_tried_before_it_is_kept(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url)
    words = ("account", "password", ANNA.login, "--password-stdin")
    assert newcomer.types(*words, stdin="wrong\n").code == Unauthenticated.exit_code
    newcomer.does("sync")
    newcomer.does(*words, stdin=ANNA.password + "\n")
    assert newcomer.types("account", "password", "nobody", "--password-stdin", stdin="x\n").code == NotFound.exit_code


def test_without_a_terminal_the_password_must_be_piped_in(newcomer: Person, served: Server) -> None:
    outcome = newcomer.types("account", "add", served.url, "--login", ANNA.login)
    assert outcome.code == Misconfigured.exit_code
    assert "--password-stdin" in outcome.err


def test_unsent_changes_are_not_thrown_away_unasked(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url)
    newcomer.does("sync")
    newcomer.adds("task", "Call the plumber")
    outcome = newcomer.types("account", "remove", ANNA.login)
    assert outcome.code == Unsafe.exit_code
    assert "--yes" in outcome.err
    newcomer.does("account", "remove", ANNA.login, "--yes")


def test_a_time_zone_that_does_not_exist_is_refused(newcomer: Person) -> None:
    code, said = add(newcomer, NOBODY_LISTENS, "--zone", "Europe/Atlantis")
    assert code == Invalid.exit_code
    assert said == "passerelle: The time zone “Europe/Atlantis” is unknown. Use a name such as Europe/Paris.\n"


def test_settings_are_shown_and_changed(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url)
    newcomer.does("account", "set", ANNA.login, "--name", "office", "--zone", "Europe/Paris", "--allow-plain")
    settings = mapping(newcomer.types("account", "show", "office", "--json"))
    assert (settings["name"], settings["zone"], settings["allow_plain"]) == ("office", "Europe/Paris", True)
    assert "Europe/Paris" in newcomer.does("account", "show", "office")
    newcomer.does("sync")
    newcomer.does("account", "set", "office", "--no-allow-plain")
    assert mapping(newcomer.types("account", "show", "office", "--json"))["allow_plain"] is False
    assert newcomer.types("account", "show", ANNA.login).code == NotFound.exit_code


def test_settings_that_cannot_be_are_refused_and_nothing_changes(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url, "--name", "one")
    add(newcomer, served.url, "--name", "two")
    before = newcomer.does("account", "list", "--json")
    assert newcomer.types("account", "set", "one", "--name", "two").code == Contradiction.exit_code
    assert newcomer.types("account", "set", "one", "--zone", "Europe/Atlantis").code == Invalid.exit_code
    assert newcomer.types("account", "set", "one").code == Missing.exit_code
    assert newcomer.types("account", "set", "one", "--url", NOBODY_LISTENS).code == Unreachable.exit_code
    assert newcomer.does("account", "list", "--json") == before


REFUSED_LAST: Final = (
    ("--name", "other", "--conflicts", "mine", "--no-tasks", "--guard-share", "1.5"),
    ("--guard-items", "7", "--conflicts", "mine", "--no-tasks", "--url", NOBODY_LISTENS),
    ("--proxy", "http://127.0.0.1:9", "--conflicts", "mine", "--name", "two"),
    ("--name", "other", "--conflicts", "mine", "--no-contacts", "--remove-items"),
)
REFUSALS: Final = {one.exit_code for one in (Invalid, Unreachable, Contradiction, Unsafe)}


def test_if_one_setting_is_refused_none_is_changed(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url, "--name", "one")
    add(newcomer, served.url, "--name", "two")
    newcomer.does("sync")
    newcomer.does("add", "contact", "Ida Lund", "--account", "one")
    before = newcomer.does("account", "show", "one", "--json")
    for words in REFUSED_LAST:
        assert newcomer.types("account", "set", "one", *words).code in REFUSALS
        assert newcomer.does("account", "show", "one", "--json") == before


def test_a_server_may_get_another_address_but_not_become_another_one(
    newcomer: Person, served: Server, tmp_path: Path
) -> None:
    add(newcomer, served.url)
    newcomer.does("sync")
    elsewhere = served.url.replace("127.0.0.1", "localhost")
    newcomer.does("account", "set", ANNA.login, "--url", elsewhere)
    assert mapping(newcomer.types("account", "show", ANNA.login, "--json"))["url"] == elsewhere
    newcomer.does("sync")  # the password came along
    other = Server(tmp_path, zone="Europe/Berlin")
    other.add_user(ANNA)
    with other:
        assert newcomer.types("account", "set", ANNA.login, "--url", other.url).code == Unsafe.exit_code
    assert mapping(newcomer.types("account", "show", ANNA.login, "--json"))["url"] == elsewhere


def test_of_two_accounts_with_one_login_each_can_go_without_the_other(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url, "--name", "one")
    add(newcomer, served.url, "--name", "two")
    newcomer.does("account", "remove", "one")
    newcomer.does("sync")


def test_accounts_of_an_older_version_are_read(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url)
    file = newcomer.data / "accounts.json"
    (account,) = msgspec.json.decode(file.read_bytes())
    oldest = {name: account[name] for name in ("name", "url", "login", "directory")}
    file.write_bytes(msgspec.json.encode([oldest]))
    newcomer.does("sync")


def test_accounts_that_are_added_at_once_are_all_kept(served: Server, tmp_path: Path) -> None:
    data = tmp_path / "connector"
    names = [f"account {number}" for number in range(6)]

    def add_one(name: str) -> None:
        Accounts(data).add(served.url, ANNA.login, ANNA.password, name=name)

    with ThreadPoolExecutor() as pool:
        list(pool.map(add_one, names))
    found = Accounts(data).all()
    assert sorted(one.name for one in found) == names
    assert len({one.directory for one in found}) == len(names)


def test_a_disabled_account_is_left_alone_until_it_is_enabled(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url, "--name", "one")
    add(newcomer, served.url, "--name", "at home")
    newcomer.does("sync")
    assert "“passerelle account enable 'at home'”" in newcomer.does("account", "disable", "at home")
    assert "disabled" in newcomer.does("account", "list")
    assert "at home: This account is disabled" in newcomer.does("sync")
    assert list(mapping(newcomer.types("sync", "--json"))) == ["one"]
    refused = newcomer.types("sync", "--account", "at home")
    assert refused.code == Contradiction.exit_code
    assert "passerelle account enable 'at home'" in refused.err
    assert "passerelle account enable 'at home'" in newcomer.does("status", "--account", "at home")
    newcomer.does("add", "task", "Call the plumber", "--account", "at home")
    newcomer.does("account", "enable", "at home")
    newcomer.does("sync")
    assert "Call the plumber" in newcomer.does("list", "Tasks", "--account", "at home")
    newcomer.does("sync")
    assert "Call the plumber" in newcomer.does("list", "Tasks", "--account", "one")


def test_folders_are_compared_item_by_item_on_demand(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url)
    newcomer.does("sync")
    assert "nothing to do" in newcomer.does("sync", "--slow")
    assert "nothing to do" in newcomer.does("sync", "--slow", "Calendar", "Tasks")
    assert newcomer.types("sync", "--slow", "Nowhere").code == NotFound.exit_code
    assert "--slow" in newcomer.types("sync", "Calendar").err
    add(newcomer, served.url, "--name", "two")
    assert newcomer.types("sync", "--slow", "Calendar").code == Contradiction.exit_code


def test_modules_are_chosen_and_their_items_removed_on_demand(newcomer: Person, served: Server) -> None:
    add(newcomer, served.url)
    newcomer.does("sync")
    assert len(newcomer.lists("Calendar")) == 1
    newcomer.does("account", "set", ANNA.login, "--no-appointments")
    settings = mapping(newcomer.types("account", "show", ANNA.login, "--json"))
    assert (settings["contacts"], settings["appointments"], settings["tasks"]) == (True, False, True)
    assert "not synchronised" in newcomer.does("status")
    newcomer.adds("appointment", "Fair", "--start", "2026-12-10T09:00", "--end", "10:00")
    refused = newcomer.types("account", "set", ANNA.login, "--no-tasks", "--remove-items")
    assert refused.code == Unsafe.exit_code
    assert "--lose-unsent" in refused.err
    assert mapping(newcomer.types("account", "show", ANNA.login, "--json"))["tasks"] is True
    newcomer.does("account", "set", ANNA.login, "--remove-items", "--lose-unsent")
    assert newcomer.lists("Calendar") == []
    newcomer.does("sync")
    newcomer.does("account", "set", ANNA.login, "--appointments")
    newcomer.does("sync")
    assert [one["title"] for one in newcomer.lists("Calendar")] == ["Yoga"]


def test_appointments_that_ended_long_ago_are_left_on_the_server_if_one_wants_that(
    newcomer: Person, served: Server
) -> None:
    add(newcomer, served.url)
    newcomer.does("sync")
    old = newcomer.adds("appointment", "Long ago", "--start", "2020-01-07T09:00", "--end", "2020-01-07T10:00")
    newcomer.does("sync")
    assert newcomer.types("account", "set", ANNA.login, "--past", "forever").code == Invalid.exit_code
    add(newcomer, served.url, "--name", "two", "--past", "6 months")
    assert mapping(newcomer.types("account", "show", "two", "--json"))["past"] == "6months"
    newcomer.does("sync")
    assert "Long ago" not in newcomer.does("list", "Calendar", "--account", "two")
    folders = newcomer.types("folders", "--account", "two", "--json").json()
    assert isinstance(folders, list)
    assert sum(folder["left_out"] for folder in folders) == 1
    assert "1 older appointment is on the server only" in newcomer.does("status", "--account", "two")
    newcomer.does("account", "set", "two", "--past", "all")
    newcomer.does("sync")
    assert "Long ago" in newcomer.does("list", "Calendar", "--account", "two")
    newcomer.does("delete", str(old["id"]), "--account", ANNA.login)
    newcomer.does("sync")
