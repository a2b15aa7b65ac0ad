"""Log entries go to the standard error of the moment, and results stay alone on standard output."""

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest
import structlog

from passerelle.cli.logs import log_to_stderr
from passerelle.cli.output import announce, say


@pytest.fixture(autouse=True)
def _own_settings() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def test_an_entry_goes_to_standard_error_after_the_first_one_was_closed(capsys: pytest.CaptureFixture[str]) -> None:
    with io.StringIO() as first, redirect_stderr(first):
        log_to_stderr()
        structlog.get_logger("store").warning("disk_nearly_full", free_bytes=4096)
        assert "disk_nearly_full" in first.getvalue()
    structlog.get_logger("store").warning("disk_full")
    captured = capsys.readouterr()
    assert "event='disk_full'" in captured.err
    assert not captured.out


def test_entries_below_the_chosen_level_are_left_out(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    log_to_stderr()
    structlog.get_logger().debug("detail")
    monkeypatch.setenv("PASSERELLE_LOG", "debug")
    log_to_stderr()
    structlog.get_logger().debug("more_detail")
    shown = capsys.readouterr().err
    assert "more_detail" in shown
    assert "event='detail'" not in shown


def test_each_entry_is_a_json_object_where_a_machine_reads_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSERELLE_LOG_FORMAT", "json")
    log_to_stderr()
    structlog.get_logger().warning("disk_full", free_bytes=0)
    entry = json.loads(capsys.readouterr().err)
    assert (entry["event"], entry["level"], entry["free_bytes"]) == ("disk_full", "warning", 0)


def fail_with(value: str) -> None:
    known: dict[str, int] = {}
    try:
        known[value] += 1
    except KeyError as error:
        raise OSError(28, f"No room for {value}") from error


def test_a_traceback_says_where_and_what_kind_but_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr()
    try:
        fail_with("Anna's diary")
    except OSError:
        structlog.get_logger().exception("failed")
    shown = capsys.readouterr().err
    assert "diary" not in shown
    assert "Traceback" in shown
    assert shown.index("builtins.KeyError") < shown.index("which led to") < shown.index("builtins.OSError (28)")
    assert "fail_with" in shown


def test_whoever_asks_for_all_gets_all(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PASSERELLE_LOG", "debug")
    log_to_stderr()
    try:
        fail_with("Anna's diary")
    except OSError:
        structlog.get_logger().exception("failed")
    assert "diary" in capsys.readouterr().err


class Pieces(io.StringIO):
    """A stream that remembers what it was given at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[str] = []

    def write(self, text: str) -> int:
        """Writes, and remembers."""
        self.pieces.append(text)
        return super().write(text)


def test_no_other_thread_can_write_into_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads log to the file that a server says "listening on" in, at the start of a line."""
    logged, printed = Pieces(), Pieces()
    log_to_stderr()
    monkeypatch.setattr("sys.stderr", logged)
    monkeypatch.setattr("sys.stdout", printed)
    structlog.get_logger().warning("disk_full")
    announce("listening on http://127.0.0.1:8000")
    say("done")
    assert [piece[-1:] for piece in logged.pieces] == ["\n"]
    assert printed.pieces == ["listening on http://127.0.0.1:8000\n", "done\n"]
