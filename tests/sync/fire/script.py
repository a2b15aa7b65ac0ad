"""What happens in a walk, as data: named steps with numbers, drawn from a seed, printed and read again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import TYPE_CHECKING, Concatenate, Final, ParamSpec

from msgspec import Struct

if TYPE_CHECKING:
    from tests.sync.fire.walk import Walk

P = ParamSpec("P")
Act = Callable[Concatenate["Walk", P], None]

PICK: Final = 1000
"""Below this are numbers that choose among folders, items or people, whatever there is of them."""
_AGAIN: Final = 0.5
"""How often a number that chooses is one of the last few: so several people take the same item."""
_STRESS: Final = (0, 1, 1, 3)
"""How much oftener a kind of step is taken in one walk than in the average one: walks that are alike find less."""


class Step(Struct, frozen=True):
    """One step: what it is called, and the numbers that it takes."""

    name: str
    numbers: Mapping[str, int]


class Kind(Struct, frozen=True):
    """A kind of step: how often it is taken, compared with others, and below which numbers its own are."""

    act: Callable[..., None]
    weight: int
    below: Mapping[str, int]


KINDS: Final[dict[str, Kind]] = {}


def step(weight: int, **below: int) -> Callable[[Act[P]], Act[P]]:
    """Declare a kind of step."""

    def declare(act: Act[P]) -> Act[P]:
        KINDS[act.__name__] = Kind(act, weight, below)
        return act

    return declare


def draw(random: Random, length: int) -> list[Step]:
    """A walk of so many steps."""
    names = sorted(KINDS)
    weights = [KINDS[name].weight * random.choice(_STRESS) for name in names]
    chosen = random.choices(names, weights=weights, k=length)
    recent = [random.randrange(PICK)]
    return [
        Step(name, {of: _number(random, below, recent) for of, below in KINDS[name].below.items()}) for name in chosen
    ]


def _number(random: Random, below: int, recent: list[int]) -> int:
    if below != PICK:
        return random.randrange(below)
    if random.random() < _AGAIN:
        return random.choice(recent[-4:])
    recent.append(random.randrange(PICK))
    return recent[-1]


def take(walk: Walk, one: Step) -> None:
    """Take one step."""
    KINDS[one.name].act(walk, **one.numbers)


def write(steps: Sequence[Step]) -> str:
    """A walk as text, one step a line."""
    return "\n".join(f"{one.name} {json.dumps(one.numbers)}" for one in steps)


def read(text: str) -> list[Step]:
    """A walk from text."""
    lines = (line.partition(" ") for line in text.splitlines() if line.strip())
    return [Step(name, json.loads(numbers or "{}")) for name, _, numbers in lines]
