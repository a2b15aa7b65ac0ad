"""A person at the command line of the connector, with an account on a server that runs as a process."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from tests.cli.conftest import Command, Outcome

PROGRAM_ERROR = 1


class Person(NamedTuple):
    """Somebody who types commands on their own machine."""

    command: Command
    data: Path

    def types(self, *words: str | Path, stdin: str = "") -> Outcome:
        """What a command answers. It never shows a traceback, and what it complains of is a sentence."""
        outcome = self.command(*words, "--data", self.data, stdin=stdin)
        assert outcome.code != PROGRAM_ERROR, outcome.err
        assert "Traceback" not in outcome.out + outcome.err
        if outcome.err and outcome.code > 2:
            first = outcome.err.splitlines()[0]
            assert first.startswith("passerelle: "), first
            assert first.endswith((".", "!")), first
        return outcome

    def does(self, *words: str | Path, stdin: str = "") -> str:
        """What a command that succeeds writes."""
        outcome = self.types(*words, stdin=stdin)
        assert outcome.code == 0, outcome.err
        return outcome.out

    def adds(self, *words: str) -> dict[str, object]:
        """The new item, as ``add … --json`` describes it."""
        return mapping(self.types("add", *words, "--json"))

    def sees(self, number: object) -> dict[str, object]:
        """The content of an item, as ``show --json`` describes it."""
        return part(mapping(self.types("show", str(number), "--json")), "item")

    def lists(self, folder: str) -> list[dict[str, object]]:
        """The items of a folder."""
        found = self.types("list", folder, "--json").json()
        assert isinstance(found, list)
        return found


def mapping(outcome: Outcome, code: int = 0) -> dict[str, object]:
    """The JSON object that a command printed, which succeeds unless another code is expected."""
    assert outcome.code == code, outcome.err
    found = outcome.json()
    assert isinstance(found, dict)
    return found


def part(whole: dict[str, object], name: str) -> dict[str, object]:
    """An object inside a JSON object."""
    found = whole[name]
    assert isinstance(found, dict)
    return found
