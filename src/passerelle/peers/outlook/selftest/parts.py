"""What the self-test is made of: parts with checks, each of which answers questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.verdicts import Findings


class Question(Struct, frozen=True):
    """Something that our double of Outlook says of Outlook. ``unasked`` says why nobody asks, where that is so."""

    id: str
    sentence: str
    unasked: str = ""


class Check(Struct, frozen=True):
    """A piece of the script, which stands and falls alone. ``in_own_folders``: Outlook writes outside our files."""

    run: Callable[[Bench], Findings]
    questions: tuple[Question, ...]
    in_own_folders: bool = False


class Part(Struct, frozen=True):
    """Checks that belong together, and what they leave out."""

    title: str
    checks: tuple[Check, ...]
    left_out: tuple[Question, ...] = ()

    def questions(self) -> Iterator[Question]:
        """All of its questions."""
        for check in self.checks:
            yield from check.questions
        yield from self.left_out


def ask(run: Callable[[Bench], Findings], **sentences: str) -> Check:
    """A check with its questions, whose ids are written with ``-`` in the place of ``_``."""
    return Check(run, tuple(Question(id_.replace("_", "-"), said) for id_, said in sentences.items()))


def nobody_asks(id_: str, sentence: str, why: str) -> Question:
    """A question that is left out."""
    return Question(id_, sentence, why)
