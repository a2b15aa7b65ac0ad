"""Log entries go to the standard error of the moment, and results stay alone on standard output."""

import io
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest
import structlog

from passerelle.cli.logs import log_to_stderr


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
