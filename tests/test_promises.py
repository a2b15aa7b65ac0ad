"""Every promise of the manual (docs/manual/promises.md) names the tests behind it, and each of these is there."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parent.parent
PAGE: Final = (ROOT / "docs" / "manual" / "promises.md").read_text(encoding="utf-8")
PROMISES: Final = [promise.split("\n#")[0] for promise in re.split(r"^\* ", PAGE, flags=re.MULTILINE)[1:]]
TEST: Final = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def names_in(module: Path) -> Iterator[str]:
    """What pytest finds in a module: functions, and state machines that are assigned to a name."""
    for node in ast.parse(module.read_bytes()).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.partition("\n")[0].replace("*", "")[:60])
def test_a_promise_of_the_manual_names_tests_that_are_there(promise: str) -> None:
    named = TEST.findall(promise)
    assert named
    assert [name for module, name in named if name not in names_in(ROOT / module)] == []
