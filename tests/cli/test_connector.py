"""A person's account at the command line: synchronised, read, added to, changed, deleted from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cyclopts import App

from passerelle.cli.program import build
from passerelle.model.errors import Contradiction, Invalid, Misconfigured, Missing, NotFound, Overlap
from tests.cli.conftest import ANNA, Command
from tests.cli.connector import Person, mapping, part
from tests.support.commands import Server, User

USAGE = 2
ADD = ("appointment", "Lunch", "--start")


def arrived(command: Command, served: Server, user: User, data: Path) -> Person:
    person = Person(command, data)
    line = ("account", "add", served.url, "--login", user.login, "--password-stdin", "--zone", "Europe/Berlin")
    person.does(*line, stdin=user.password + "\n")
    person.does("sync")
    return person


@pytest.fixture
def anna(command: Command, served: Server, tmp_path: Path) -> Person:
    """Anna with a fresh replica; what she does not sync, nobody else sees."""
    return arrived(command, served, ANNA, tmp_path / "anna")


def yoga(person: Person) -> str:
    return next(str(one["id"]) for one in person.lists("Calendar") if one["title"] == "Yoga")


# --- sync and status ---


def test_a_second_sync_has_nothing_to_do_and_says_so(anna: Person) -> None:
    assert "nothing to do" in anna.does("sync")
    result = part(mapping(anna.types("sync", "--json")), ANNA.login)
    assert (result["total"], result["reports"]) == (0, [])


def test_what_is_added_waits_until_it_is_sent_and_reaches_another_machine(
    anna: Person, command: Command, served: Server, tmp_path: Path
) -> None:
    anna.adds("task", "Pay the rent", "--due", "2026-12-01")
    before = part(part(mapping(anna.types("status", "--json")), ANNA.login), "status")
    folders = before["folders"]
    assert isinstance(folders, list)
    assert sum(folder["pending"] for folder in folders) == 1
    assert part(mapping(anna.types("sync", "--json")), ANNA.login)["total"] == 1
    assert "Last cycle" in anna.does("status")

    other = arrived(command, served, ANNA, tmp_path / "other")
    assert "Pay the rent" in [one["title"] for one in other.lists("Tasks")]


# --- reading ---


def test_folders_and_items_are_shown_to_people_and_to_scripts(anna: Person) -> None:
    folders = anna.types("folders", "--json").json()
    assert isinstance(folders, list)
    assert {"Calendar", "Contacts", "Tasks", "Global address book"} <= {folder["name"] for folder in folders}
    assert "Calendar" in anna.does("folders")
    assert "Yoga" in anna.does("list", "calendar")
    assert "Yoga" in anna.does("show", yoga(anna))
    assert anna.sees(yoga(anna))["title"] == "Yoga"


def test_titles_are_shown_as_they_were_written(anna: Person) -> None:
    anna.adds("task", "[b]Burn[/b] a :cd: at 12:ab:30")
    assert "[b]Burn[/b] a :cd: at 12:ab:30" in anna.does("list", "Tasks")


def test_a_folder_goes_out_as_icalendar_or_vcard(anna: Person) -> None:
    assert "SUMMARY:Yoga" in anna.does("export", "Calendar")
    anna.adds("contact", "Ida Lund")
    assert "FN:Ida Lund" in anna.does("export", "Contacts")


def test_what_is_not_there_is_named(anna: Person) -> None:
    lines: list[tuple[str, ...]] = [("list", "Holidays"), ("add", "task", "x", "--folder", "Holidays")]
    for words in lines:
        outcome = anna.types(*words)
        assert outcome.code == NotFound.exit_code
        assert "Holidays" in outcome.err
    for words in (("show", "9999"), ("delete", "9999"), ("edit", "9999", "--set", "title=x")):
        outcome = anna.types(*words)
        assert outcome.code == NotFound.exit_code
        assert "9999" in outcome.err
    assert anna.types("skipped", "retry", "9999").code == NotFound.exit_code


# --- adding ---


@pytest.mark.parametrize(
    ("words", "when"),
    [
        (("2026-12-07T09:00",), "2026-12-07 09:00 – 10:00"),
        (("2026-07-06T09:00", "--end", "11:30"), "2026-07-06 09:00 – 11:30"),
        (("2026-12-07T09:00Z", "--end", "2026-12-07T09:30Z"), "2026-12-07 10:00 – 10:30"),
        (("2026-12-07",), "2026-12-07"),
        (("2026-12-09", "--end", "2026-12-11", "--all-day"), "2026-12-09 (3 days)"),
    ],
)
def test_times_are_those_of_the_users_zone(anna: Person, words: tuple[str, ...], when: str) -> None:
    assert anna.adds(*ADD, *words)["when"] == when


def test_a_series_repeats_as_told(anna: Person) -> None:
    words = ("--repeat", "weekly", "--interval", "2", "--count", "3")
    added = anna.adds(*ADD, "2026-12-07T09:00", *words)
    rule = {"frequency": "WEEKLY", "interval": 2, "count": 3}
    assert part(added, "item")["recurrence"] == {"rules": [rule]}


def test_a_count_without_a_series_is_refused_not_forgotten(anna: Person) -> None:
    outcome = anna.types("add", *ADD, "2026-12-07T09:00", "--count", "3")
    assert outcome.code == Missing.exit_code
    assert "--repeat" in outcome.err


def test_people_are_invited_by_mail(anna: Person) -> None:
    added = anna.adds(
        *ADD,
        "2026-12-07T09:00",
        "--participant",
        "guest@example.com",
        "--location",
        "Room 1",
        "--optional",
        "perhaps@example.com",
    )
    item = part(added, "item")
    assert "guest@example.com" in str(item["participants"])
    assert "'role': 'optional'" in str(item["participants"])
    assert item["location"] == "Room 1"
    outcome = anna.types("add", *ADD, "2026-12-08T09:00", "--participant", "somebody")
    assert outcome.code == Invalid.exit_code
    assert "somebody" in outcome.err


def test_any_field_can_be_set_and_cleared(anna: Person) -> None:
    words = ("--set", "shown_as=free", "--set", "categories=home, garden", "--set", "private=true")
    added = anna.adds(*ADD, "2026-12-07T09:00", "--location", "Room 1", "--set", "location=", *words)
    item = part(added, "item")
    assert (item["shown_as"], item["categories"], item["private"]) == (4, ["home", "garden"], True)
    assert "location" not in item


def test_a_task_has_its_own_fields(anna: Person) -> None:
    words = ("--set", "priority=high", "--set", "status=in progress", "--set", "target_costs=12.50")
    item = part(anna.adds("task", "Report", "--due", "2026-12-01T17:00", "--set", "start=2026-11-30", *words), "item")
    assert (item["priority"], item["status"], item["target_costs"]) == (3, 2, "12.50")
    assert part(item, "due")["at"] == "2026-12-01T16:00:00Z"
    assert part(item, "start")["day"] == "2026-11-30"


def test_a_contact_has_its_own_fields(anna: Person) -> None:
    words = ("--email", "ida@example.org", "--phone", "+49 30 1", "--company", "Lund", "--set", "birthday=1980-02-29")
    item = part(anna.adds("contact", "Ida Maria Lund", *words, "--set", "user_fields=a,b"), "item")
    assert (item["first_name"], item["last_name"], item["birthday"]) == ("Ida Maria", "Lund", "1980-02-29")
    assert (item["email1"], item["phone_business"], item["user_fields"]) == ("ida@example.org", "+49 30 1", ["a", "b"])


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ((*ADD, "tomorrow"), "tomorrow"),
        ((*ADD, "2026-12-07T09:00", "--end", "08:00"), "before"),
        ((*ADD, "0001-01-01"), "0001-01-01"),
        ((*ADD, "9999-12-31"), "9999-12-31"),
        (("task", "x", "--due", "never"), "never"),
        (("task", "x", "--set", "moon=full"), "moon"),
        (("task", "x", "--set", "percent"), "NAME=VALUE"),
        (("task", "x", "--set", "percent=many"), "a whole number"),
        (("task", "x", "--set", "percent=500"), "500"),
        (("task", "x", "--set", "priority=top"), "low, normal, high"),
        (("task", "x", "--set", "private=perhaps"), "true or false"),
        (("task", "x", "--set", "participants=ben"), "participants"),
        (("contact", "x", "--set", "birthday=1980-02-30"), "1980-02-30"),
        (("contact", "x", "--set", "photo=x.png"), "photo"),
        (("contact", " "), "name"),
        (("contact", "x", "--folder", "Tasks"), "Tasks"),
    ],
)
def test_a_value_that_does_not_fit_is_named_and_nothing_is_added(
    anna: Person, words: tuple[str, ...], named: str
) -> None:
    before = [len(anna.lists(folder)) for folder in ("Calendar", "Contacts", "Tasks")]
    outcome = anna.types("add", *words)
    assert outcome.code == Invalid.exit_code
    assert named in outcome.err
    assert "Expected" not in outcome.err
    assert [len(anna.lists(folder)) for folder in ("Calendar", "Contacts", "Tasks")] == before


def test_a_collision_is_listed_and_can_be_overridden(anna: Person) -> None:
    first = (*ADD, "2026-12-07T09:00")
    anna.adds(*first)
    second = ("appointment", "Dentist", "--start", "2026-12-07T09:30")
    outcome = anna.types("add", *second)
    assert outcome.code == Overlap.exit_code
    assert "Lunch" in outcome.err
    assert "--ignore-conflicts" in outcome.err
    anna.adds(*second, "--ignore-conflicts")


# --- changing ---


def test_a_moved_start_keeps_the_length(anna: Person) -> None:
    number = str(anna.adds(*ADD, "2026-12-07T09:00", "--end", "11:30")["id"])
    anna.does("edit", number, "--start", "2026-12-08T14:00")
    when = part(anna.sees(number), "when")
    assert (when["start"], when["end"]) == ("2026-12-08T13:00:00Z", "2026-12-08T15:30:00Z")
    changed = mapping(anna.types("edit", number, "--end", "15:00", "--json"))
    assert changed["when"] == "2026-12-08 14:00 – 15:00"


def test_whole_days_keep_their_number(anna: Person) -> None:
    number = str(anna.adds(*ADD, "2026-12-09", "--end", "2026-12-11", "--all-day")["id"])
    changed = mapping(anna.types("edit", number, "--start", "2026-12-16", "--json"))
    assert changed["when"] == "2026-12-16 (3 days)"


def test_fields_are_set_and_cleared_later(anna: Person) -> None:
    number = str(anna.adds("contact", "Ida Lund", "--email", "ida@example.org")["id"])
    anna.does("edit", number, "--set", "email1=", "--set", "mobile=+49 170 1")
    item = anna.sees(number)
    assert "email1" not in item
    assert item["mobile"] == "+49 170 1"


def test_one_occurrence_is_changed_and_one_deleted(anna: Person) -> None:
    series = yoga(anna)
    changed = mapping(anna.types("edit", series, "--occurrence", "2026-12-08", "--start", "2026-12-08T20:00", "--json"))
    assert changed["when"] == "2026-12-08 20:00 – 21:30"
    anna.does("delete", series, "--occurrence", "2026-12-15")
    text = anna.does("export", "Calendar")
    assert "RECURRENCE-ID" in text
    assert "EXDATE" in text
    outcome = anna.types("delete", series, "--occurrence", "2026-12-16")
    assert outcome.code == Contradiction.exit_code
    assert "2026-12-16" in outcome.err


def test_only_a_series_has_occurrences(anna: Person) -> None:
    number = str(anna.adds("task", "Report")["id"])
    for words in (("delete",), ("edit", "--set", "title=x")):
        outcome = anna.types(words[0], number, *words[1:], "--occurrence", "2026-12-01")
        assert outcome.code == Contradiction.exit_code
        assert "--occurrence" in outcome.err


def test_an_edit_says_what_it_misses(anna: Person) -> None:
    number = str(anna.adds("task", "Report")["id"])
    nothing = anna.types("edit", number)
    assert nothing.code == Missing.exit_code
    assert "--set" in nothing.err
    outcome = anna.types("edit", number, "--start", "2026-12-01")
    assert outcome.code == Invalid.exit_code
    assert "--set due=" in outcome.err
    assert anna.types("edit", number, "--folder", "Contacts").code != 0


def test_a_deleted_item_is_gone(anna: Person) -> None:
    number = str(anna.adds("task", "Report")["id"])
    anna.does("delete", number)
    assert anna.types("show", number).code == NotFound.exit_code


# --- the command line itself ---


def commands(app: App, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name in app:
        if not name.startswith("-"):
            yield (*words, name)
            yield from commands(app[name], (*words, name))


@pytest.mark.parametrize("words", sorted(commands(build())), ids=" ".join)
def test_every_command_explains_itself(command: Command, words: tuple[str, ...]) -> None:
    outcome = command(*words, "--help")
    assert outcome.code == 0
    assert f"Usage: passerelle {' '.join(words)}" in outcome.out
    assert len(outcome.out.splitlines()) > 4


def test_a_wrong_word_is_a_usage_error(anna: Person) -> None:
    for words in (("show", "yoga"), ("add", "appointment", "x"), ("add", "moon"), ("delete", "1", "--occurrence", "x")):
        assert anna.types(*words).code == USAGE


# --- Outlook ---


@pytest.mark.parametrize("choice", ["--send-existing", "--all-calendars"])
def test_what_is_chosen_about_outlooks_own_folders_counts_only_if_those_are_used(anna: Person, choice: str) -> None:
    outcome = anna.types("outlook", "setup", choice)
    assert (outcome.code, "together with --default-folders" in outcome.err) == (Misconfigured.exit_code, True)


def test_where_mail_is_must_be_said_wholly(anna: Person) -> None:
    both = ("--imap", "imap.example.org", "--smtp", "smtp.example.org:465")
    assert "Give both --imap and --smtp" in anna.types("outlook", "setup", *both[:2]).err
    assert "no port" in anna.types("outlook", "setup", *both[:3], "mail:0").err
    assert "on Windows" in anna.types("outlook", "setup", *both, "--mail-address", "anna@example.org").err


def test_outlook_is_shown_where_it_runs_only(anna: Person) -> None:
    for word in ("setup", "status", "selftest", "remove"):
        outcome = anna.types("outlook", word)
        assert (outcome.code, "on Windows" in outcome.err) == (Misconfigured.exit_code, True)
