"""What the self-test finds out about a fresh Outlook in Berlin, line by line: the same through COM as without."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from passerelle.peers.outlook.connecting import Attach
from passerelle.peers.outlook.listening import Ears
from passerelle.peers.outlook.selftest.running import SelfTest
from passerelle.peers.outlook.selftest.surroundings import Surroundings

_NOW = datetime(2026, 11, 30, 8, tzinfo=UTC)


def findings(find: Attach, ears: Ears, scratch: Path) -> Iterator[str]:
    """Run it, and say each answer; ``scratch`` is a folder for its data files."""
    surroundings = Surroundings(
        facts={}, separator=";", ears=ears, short_form=lambda moment: f"{moment:%d.%m.%Y %H:%M}"
    )
    test = SelfTest(find, surroundings, scratch / "selftest", own_folders=True, now=lambda: _NOW)
    report = test.run()
    for part in report.parts:
        for answer in part.answers:
            yield f"{answer.question}: {answer.verdict} {answer.why}"
            yield from (f"{answer.question}: {one.did}: {one.came!r}" for one in answer.findings)
    yield f"left: {report.left}"
