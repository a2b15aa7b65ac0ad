"""The self-test says of each habit whether Outlook has it as the double does, and names nobody."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.selftest.habits import language, together
from passerelle.peers.outlook.selftest.report import Report, markdown, write
from passerelle.peers.outlook.selftest.running import PARTS
from passerelle.peers.outlook.selftest.verdicts import Verdict
from tests.outlook_double.failures import outlook_error
from tests.outlook_double.habits import ENGLISH, Habits
from tests.outlook_double.machine import Machine
from tests.peers.outlook.selftest.desk import Desk, answers, with_verdict

PAGE = Path(__file__).parents[4] / "docs/reference/outlook.md"
ODD = Verdict.OTHERWISE, Verdict.FAILED


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_double_answers_as_itself_and_nothing_is_left_or_sent(desk: Desk) -> None:
    progress: list[tuple[int, int]] = []
    report = desk.test(own_folders=True).run(lambda done, total: progress.append((done, total)))
    assert with_verdict(report, *ODD) == []
    without_reason = [one for one in answers(report).values() if one.verdict is Verdict.UNASKED and not one.why]
    assert (without_reason, report.left, desk.traces()) == ([], (), [])
    asked = sum(len(part.checks) for part in PARTS)
    assert progress == [(done, asked) for done in range(asked + 1)]


def test_unless_asked_for_nothing_is_made_in_the_users_own_folders(desk: Desk) -> None:
    report = desk.test().run()
    assert answers(report)["birthday-entry"].why.endswith("--own-folders")
    assert desk.traces() == []


@pytest.mark.parametrize(
    ("habits", "questions"),
    [
        (Habits(id_changes_every=0), "save-changes-id"),
        (Habits(time_resolution=timedelta(milliseconds=1)), "times-cut"),
        (Habits(doubled_exceptions=False), "doubled-exceptions"),
        (Habits(yearly_interval_in_months=False), "years-in-months"),
        (Habits(subject_limit=400), "long-subject"),
        (Habits(property_limit=100_000), "long-values"),
        (Habits(organizer_is_recipient=False), "organiser-is-recipient"),
        (Habits(birthday_entries=False), "birthday-entry"),
        (Habits(echo=False), "events-echo events-many"),
        (Habits(event_copies=2), "events-echo events-deletion events-many"),
        (Habits(event_delay=timedelta(seconds=5)), "events-echo events-deletion events-many"),
        (Habits(instant_search=True), ""),
    ],
)
def test_a_habit_that_outlook_has_not_is_told(tmp_path: Path, habits: Habits, questions: str) -> None:
    machine = Machine(habits)
    machine.pass_time(timedelta(milliseconds=1))
    report = Desk(tmp_path, machine).test(PARTS[1:], own_folders=True).run()
    assert " ".join(with_verdict(report, *ODD)) == questions


def test_an_outlook_that_keeps_nothing_of_what_is_set_together_is_told(tmp_path: Path) -> None:
    report = Desk(tmp_path, Machine(Habits(keeps_bulk=False))).test((together.PART,)).run()
    assert with_verdict(report, *ODD) == ["set-together", "set-errors"]


def test_another_language_than_windows_has_is_told(tmp_path: Path) -> None:
    report = Desk(tmp_path, Machine(Habits(locale=ENGLISH))).test((language.PART,)).run()
    assert with_verdict(report, *ODD) == ["filter-dates", "separator", "category-names"]
    answer = answers(report)["separator"].findings[0]
    assert (answer.came, answer.expected) == ("(Blue, light;Red)", "(Blue, light, Red)")


def test_a_check_that_fails_says_why_and_stops_no_other(desk: Desk) -> None:
    desk.machine.fail(
        "AppointmentItem.ClearRecurrencePattern", outlook_error(ComCode.FAILED, "Not for Anna Arnold in her home.")
    )
    report = desk.test().run()
    assert with_verdict(report, *ODD) == ["series-ends"]
    (finding,) = answers(report)["series-ends"].findings
    assert "0x80004005: Outlook says: Not for ‹left out› in her home." in finding.came
    assert "(series:" in finding.came


def test_an_item_that_comes_back_otherwise_is_told_field_by_field(tmp_path: Path) -> None:
    machine = Machine(Habits(id_changes_every=0))
    desk = Desk(tmp_path, machine)
    machine.fail("ContactItem.HasPicture", outlook_error(ComCode.FAILED, "No."))
    report = desk.test(PARTS[:1]).run()
    assert with_verdict(report, *ODD) == ["contact"]


def test_a_busy_outlook_is_told_and_waited_for(desk: Desk) -> None:
    desk.machine.reject_calls(5)
    report = desk.test(PARTS[-2:]).run()
    assert answers(report)["busy"].verdict is Verdict.ALIKE
    assert (with_verdict(report, *ODD), desk.waited_s > 0) == ([], True)


def test_the_report_is_written_to_be_read_and_for_programs(desk: Desk, tmp_path: Path) -> None:
    report = desk.test().run()
    beside = write(report, tmp_path / "report.md")
    assert msgspec.json.decode(beside.read_bytes(), type=Report) == report
    text = (tmp_path / "report.md").read_text("utf-8")
    assert text == markdown(report)
    for word in ("16.0.0.17932", "dd.MM.yyyy", "W. Europe Standard Time", "as it went", "not asked: nothing is sent"):
        assert word in text
    for word in ("Anna", "anna@example.org", str(tmp_path)):
        assert word not in text


def test_the_documentation_lists_what_is_asked_and_what_is_not() -> None:
    page = PAGE.read_text("utf-8")
    lacking = [one.sentence for part in PARTS for one in part.questions() if one.sentence not in page]
    assert lacking == []
