"""Finds the few steps of a walk that a fault needs: leaves out ever smaller parts, then makes numbers smaller."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from tests.sync.fire.script import Step

Fails = Callable[[Sequence[Step]], bool]


def shortened(steps: Sequence[Step], fails: Fails) -> list[Step]:
    """A walk that fails still, of which no step can be left out alone. ``fails`` may say no when time is up."""
    found = list(steps)
    size = max(1, len(found) // 2)
    while True:
        at, before = 0, len(found)
        while at < len(found):
            rest = [*found[:at], *found[at + size :]]
            if fails(rest):
                found = rest
            else:
                at += size
        if size == 1 and len(found) == before:
            return _smaller(found, fails)
        size = max(1, size // 2)


def _smaller(found: list[Step], fails: Fails) -> list[Step]:
    for number in range(len(found)):
        for one in _simpler(found[number]):
            tried = [*found[:number], one, *found[number + 1 :]]
            if fails(tried):
                found = tried
    return found


def _simpler(step: Step) -> Iterator[Step]:
    for name, number in step.numbers.items():
        if number:
            yield msgspec.structs.replace(step, numbers={**step.numbers, name: 0})
