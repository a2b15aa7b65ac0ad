"""Every rule of the semantics reference is named by a test, and no test names one that is not there."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.rules import RULES

TESTS = Path(__file__).parent


def named() -> Iterator[str]:
    """The numbers in all ``pytest.mark.rule(…)`` below this folder."""
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.rule":
                yield from (str(ast.literal_eval(argument)) for argument in node.args)


def test_each_rule_is_named_by_a_test() -> None:
    assert sorted(RULES.keys() - set(named())) == []


def test_each_rule_that_a_test_names_is_one() -> None:
    assert sorted(set(named()) - RULES.keys()) == []
