"""The filters of tables and collections (section 3): Jet's, and DASL's, which begin with ``@SQL=``."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from fnmatch import translate
from typing import Any, Final

from tests.outlook_double import failures
from tests.outlook_double.habits import Habits

Read = Callable[[str], object]
"""How to get the value of a property of an item, by its name in the filter."""
Test = Callable[[Read], bool]

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<name>\[[^\]]+\]|"[^"]+")|(?P<text>'(?:[^']|'')*')|(?P<operator><=|>=|<>|=|<|>|\(|\))"""
    r"""|(?P<word>[\w.-]+))""",
    re.VERBOSE,
)
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_INDEXED: Final = {"CI_STARTSWITH", "CI_PHRASEMATCH"}


def parse(text: str, habits: Habits) -> Test:
    """The test that a filter means; an empty one lets everything through. Raises ComError if it means none."""
    if not text.strip():
        return lambda read: True
    parser = _Parser(text.removeprefix("@SQL="), habits)
    test = parser.alternatives()
    if parser.peek():
        raise parser.nonsense()
    return test


class _Parser:
    """Takes a filter apart from left to right."""

    def __init__(self, text: str, habits: Habits) -> None:
        self._habits = habits
        self._text = text
        self._tokens = [match for match in _TOKEN.finditer(text) if match.group().strip()]
        if "".join(match.group() for match in self._tokens).split() != text.split():
            raise self.nonsense()

    def nonsense(self) -> Exception:
        return failures.invalid(f"Cannot parse condition. Error at '{self._text}'.")

    def peek(self) -> str:
        return self._tokens[0].group().strip().upper() if self._tokens else ""

    def _take(self, kind: str | None = None) -> str:
        if not self._tokens or (kind and self._tokens[0][kind] is None):
            raise self.nonsense()
        return self._tokens.pop(0).group().strip()

    def alternatives(self) -> Test:
        tests = [self._conditions()]
        while self.peek() == "OR":
            self._take()
            tests.append(self._conditions())
        return lambda read: any(test(read) for test in tests)

    def _conditions(self) -> Test:
        tests = [self._condition()]
        while self.peek() == "AND":
            self._take()
            tests.append(self._condition())
        return lambda read: all(test(read) for test in tests)

    def _condition(self) -> Test:
        if self.peek() == "NOT":
            self._take()
            inner = self._condition()
            return lambda read: not inner(read)
        if self.peek() == "(":
            self._take()
            inside = self.alternatives()
            if self._take() != ")":
                raise self.nonsense()
            return inside
        return self._comparison(self._take("name")[1:-1])

    def _comparison(self, name: str) -> Test:
        word = self._take().upper()
        if word == "IS":
            wanted = self._take().upper() != "NOT"
            if not wanted:
                self._take()
            return lambda read: (read(name) is None) == wanted
        if word == "LIKE":
            return self._like(name, self._literal())
        if word in _INDEXED and self._habits.instant_search:
            begin = self._literal() + "%" if word == "CI_STARTSWITH" else f"%{self._literal()}%"
            return self._like(name, begin)
        if word not in _COMPARE:
            raise self.nonsense()  # also the prefix operators, where Instant Search is off
        return self._compare(name, _COMPARE[word], self._literal())

    def _literal(self) -> str:
        taken = self._take()
        return taken[1:-1].replace("''", "'") if taken.startswith(("'", '"')) else taken

    def _like(self, name: str, pattern: str) -> Test:
        shape = re.compile(translate(pattern.replace("%", "*")), re.IGNORECASE)
        return lambda read: shape.match(str(read(name) or "")) is not None

    def _compare(self, name: str, compare: Callable[[Any, Any], bool], literal: str) -> Test:
        def test(read: Read) -> bool:
            value = read(name)
            return value is not None and compare(*self._alike(value, literal))

        return test

    def _alike(self, value: object, literal: str) -> tuple[object, object]:
        match value:
            case bool():
                return value, literal.upper() in {"TRUE", "YES", "ON", "1"}
            case int() | float():
                return value, float(literal)
            case datetime():
                return value.astimezone(UTC), self._date(literal)
            case _:
                return str(value).casefold(), literal.casefold()

    def _date(self, literal: str) -> datetime:
        """A date in the user's own format; any other is misunderstood, and Outlook says so at best."""
        for form in self._habits.locale.date_formats:
            try:
                return datetime.strptime(literal, form).replace(tzinfo=UTC)
            except ValueError:
                continue
        raise failures.invalid(f"Cannot parse condition. Error at '{literal}'.")
