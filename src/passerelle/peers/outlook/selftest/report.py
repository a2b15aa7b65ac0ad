"""The report of a self-test, which its user attaches to a bug: in English, for whoever reads that, and about nobody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from passerelle.peers.outlook.selftest.parts import Check, Part, Question
from passerelle.peers.outlook.selftest.verdicts import Finding, Verdict

_GRAVEST = (Verdict.FAILED, Verdict.OTHERWISE, Verdict.ALIKE)


class Checked(Struct, frozen=True, kw_only=True):
    """What came out of one check. ``failure`` says why it did not come to its end."""

    check: Check
    findings: tuple[Finding, ...] = ()
    seconds: float = 0.0
    failure: str = ""
    unasked: str = ""


class Answer(Struct, frozen=True, kw_only=True):
    """What came out of one question. ``seconds`` are those of the checks that asked it."""

    question: str
    sentence: str
    verdict: Verdict
    why: str
    findings: tuple[Finding, ...]
    seconds: float


class PartReport(Struct, frozen=True, kw_only=True):
    """The answers of one part."""

    title: str
    answers: tuple[Answer, ...]


class Report(Struct, frozen=True, kw_only=True):
    """All that a self-test found out. ``left`` is what could not be taken away afterwards."""

    facts: Mapping[str, str]
    parts: tuple[PartReport, ...]
    left: tuple[str, ...]
    seconds: float

    def count(self) -> Mapping[Verdict, int]:
        """How many questions were answered how."""
        found = Counter(answer.verdict for part in self.parts for answer in part.answers)
        return {verdict: found[verdict] for verdict in Verdict}


class Words:
    """What names the user, the machine, or where things lie: none of it gets into a report."""

    def __init__(self, words: Iterable[str]) -> None:
        known = sorted({word for word in words if len(word) > 2}, key=len, reverse=True)  # noqa: PLR2004 - shorter ones say nothing, and are in every text
        each = (rf"(?<!\w){re.escape(word)}(?!\w)" for word in known)
        self._pattern = re.compile("|".join(each) or "(?!)", re.IGNORECASE)

    def without(self, text: str) -> str:
        """A text without these words."""
        return self._pattern.sub("‹left out›", text)

    def without_all(self, finding: Finding) -> Finding:
        """A finding without them."""
        parts = {name: self.without(getattr(finding, name)) for name in ("did", "came", "expected")}
        return msgspec.structs.replace(finding, **parts)


def part_report(part: Part, checked: Sequence[Checked], words: Words) -> PartReport:
    """What came out of a part."""
    questions = {one.id: one for one in part.questions()}
    return PartReport(title=part.title, answers=tuple(_answer(one, checked, words) for one in questions.values()))


def _answer(question: Question, checked: Sequence[Checked], words: Words) -> Answer:
    asked = [one for one in checked if question in one.check.questions]
    findings = tuple(words.without_all(one) for each in asked for one in _of(question, each))
    verdicts = {one.verdict for one in findings}
    verdict = next((one for one in _GRAVEST if one in verdicts), Verdict.UNASKED)
    reasons = (
        question.unasked,
        *(one.unasked for one in asked),
        *(one.came for one in findings),
        "a check failed before",
    )
    return Answer(
        question=question.id,
        sentence=question.sentence,
        verdict=verdict,
        why=next(filter(None, reasons)) if verdict is Verdict.UNASKED else "",
        findings=findings,
        seconds=round(sum(one.seconds for one in asked), 3),
    )


def _of(question: Question, checked: Checked) -> Iterator[Finding]:
    """The findings of a question; a check that failed says so to the first question that it had not answered."""
    yield from (one for one in checked.findings if one.question == question.id)
    if not checked.failure:
        return
    answered = {one.question for one in checked.findings}
    open_ = [one for one in checked.check.questions if one.id not in answered]
    if question == (open_ or checked.check.questions[-1:])[0]:
        yield Finding(question=question.id, did="", came=checked.failure, expected="", verdict=Verdict.FAILED)


def write(report: Report, path: Path) -> Path:
    """Write a report to read at a path, and as JSON beside it, whose path is returned."""
    beside = path.with_suffix(".json")
    path.write_text(markdown(report), "utf-8")
    beside.write_bytes(msgspec.json.format(msgspec.json.encode(report)))
    return beside


def markdown(report: Report) -> str:
    """The report to read."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield "# Passerelle: self-test of Outlook"
    yield ""
    yield "What this Outlook does, against what our double of it does (docs/decisions/0041). It holds no names,"
    yield "addresses or paths of its user. The same is in the JSON file beside it."
    yield ""
    yield from (f"- {name}: {value}" for name, value in report.facts.items())
    yield f"- took: {report.seconds:.1f} s"
    yield f"- left behind: {'; '.join(report.left) or 'nothing'}"
    yield ""
    yield "; ".join(f"{number} {verdict}" for verdict, number in report.count().items())
    yield ""
    for part in report.parts:
        yield from _part_lines(part)


def _part_lines(part: PartReport) -> Iterator[str]:
    yield f"## {part.title}"
    yield ""
    yield "| question | verdict | time |"
    yield "| --- | --- | --- |"
    for one in part.answers:
        said = f"{one.verdict}: {one.why}" if one.why else f"**{one.verdict}**" if _is_odd(one) else one.verdict
        yield f"| {_cell(one.sentence)} `{one.question}` | {_cell(said)} | {one.seconds:.2f} s |"
    yield ""
    for one in part.answers:
        yield from _finding_lines(one)


def _finding_lines(answer: Answer) -> Iterator[str]:
    if not answer.findings:
        return
    yield f"`{answer.question}`"
    yield ""
    for one in answer.findings:
        expected = f" – the double: {_line(one.expected)}" if one.verdict is Verdict.OTHERWISE else ""
        yield f"- {one.verdict}: {_line(one.did)} → {_line(one.came)}{expected}"
    yield ""


def _is_odd(answer: Answer) -> bool:
    return answer.verdict in {Verdict.FAILED, Verdict.OTHERWISE}


def _line(text: str) -> str:
    """A text on one line that Markdown takes as it is."""
    return re.sub(r"([\\`*_<>\[\]|])", r"\\\1", repr(text)[1:-1] if not text.isprintable() else text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
