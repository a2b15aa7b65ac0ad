"""Items of every kind to Outlook and back, by the code that keeps accounts in step with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from passerelle.model.errors import NotFound
from passerelle.model.expansion.spans import day_of
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, Item
from passerelle.peers.base import (
    ChangeOccurrence,
    Create,
    Delete,
    Move,
    Place,
    RemoteId,
    RemoteItem,
    Unread,
    Update,
    Version,
    Write,
    WriteResult,
)
from passerelle.peers.outlook import versions
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Check, Part, Question
from passerelle.peers.outlook.selftest.samples import Sample, samples
from passerelle.peers.outlook.selftest.verdicts import Finding, Findings, Verdict, found

_ONE = "1"
"""Names the one operation of a batch."""
_LONGEST = 120
"""Characters that are told of a value."""
_KINDS = {
    "appointment": "An appointment comes back as it went.",
    "rich-note": "Formatted notes come back as they went.",
    "whole-days": "Whole days come back as they went.",
    "two-zones": "An appointment of two zones comes back as it went.",
    "meeting": "A meeting comes back as it went, with its participants and their answers.",
    "invitation": "Somebody else's meeting comes back as it went.",
    "series": "A series comes back as it went, with deleted and moved occurrences.",
    "last-of-month": "A series of last Fridays comes back as it went.",
    "every-second-year": "A series of every second year comes back as it went.",
    "contact": "A contact comes back as it went, with its picture.",
    "list": "A distribution list comes back as it went.",
    "task": "A task comes back as it went.",
    "recurring-task": "A recurring task comes back as it went.",
}
_ALWAYS = (
    Question("no-echo", "What we wrote is not taken for an edit of the user's."),
    Question("edit-alone", "An edit of the notes changes nothing else."),
    Question("moved", "A moved item is in the other folder under its id, and the same."),
    Question("deleted", "A deleted item is gone from its folder."),
)


def _check(id_: str) -> Check:
    def run(bench: Bench) -> Findings:
        each = samples(bench.day, bench.context.zone, bench.context.mail)
        yield from _Trip(bench, next(one for one in each if one.id == id_)).go()

    return Check(run, (Question(id_, _KINDS[id_]), *_ALWAYS))


PART = Part("Round trips", tuple(_check(id_) for id_ in _KINDS))


class _Trip:
    """One item on its way."""

    def __init__(self, bench: Bench, sample: Sample) -> None:
        self._bench = bench
        self._peer = bench.peer
        self._sample = sample

    def go(self) -> Findings:
        """Write it, edit it, move it, delete it, and read it each time.

        Raises:
            Refused: Outlook did not take one of these.
        """
        sample = self._sample
        module = _module(sample.item)
        here, there = self._bench.place(module), self._bench.place(module, 1)
        id_ = self._create(here)
        now = self._read(here, id_)
        yield self._compared(sample.id, f"wrote {sample.about}", sample.item, now, id_)
        yield found("no-echo", f"read {sample.about} again: changed since", self._changed(here, now, id_), 0)
        edited = replace(sample.item, note="Edited", note_html=None)
        version = now[id_].version
        fields = frozenset({"note", "note_html"})
        self._write(here, Update(token=_ONE, id=id_, version=version, item=edited, fields=fields))
        now = self._read(here, id_)
        yield self._compared("edit-alone", f"edited the notes of {sample.about}", edited, now, id_)
        self._write(here, Move(token=_ONE, id=id_, version=now[id_].version, destination=there.folder))
        now = self._read(there, id_)
        yield self._compared("moved", f"moved {sample.about}", edited, now, id_)
        self._write(there, Delete(token=_ONE, id=id_, version=now[id_].version))
        is_left = id_ in self._peer.ids(here) | self._peer.ids(there)
        yield found("deleted", f"deleted {sample.about}; it is left", is_left, expected=False)

    def _create(self, place: Place) -> RemoteId:
        """Write the item, and then, all at once as the engine does, its changed occurrences."""
        (made,) = self._write(place, Create(token=_ONE, item=self._sample.item))
        assert made.id is not None  # noqa: S101 - not refused
        if self._sample.changed:
            version = self._read(place, made.id)[made.id].version
            self._write(place, *self._occurrences(made.id, version))
        return made.id

    def _occurrences(self, series: RemoteId, version: Version) -> Iterator[ChangeOccurrence]:
        master = self._sample.item
        assert isinstance(master, Appointment)  # noqa: S101 - only series have changed occurrences
        for one in self._sample.changed:
            assert one.recurrence_id is not None  # noqa: S101 - that makes it one
            yield ChangeOccurrence(
                token=str(one.recurrence_id),
                master=series,
                version=version,
                day=day_of(master.when, one.recurrence_id),
                item=one,
                fields=frozenset({"when", "title"}),
            )

    def _write(self, place: Place, *writes: Write) -> Sequence[WriteResult]:
        results = self._peer.write(place, writes)
        for result in results:
            if result.error is not None:
                raise result.error
        return results

    def _read(self, place: Place, id_: RemoteId) -> dict[RemoteId, RemoteItem]:
        """The item as it is in a folder, with its changed occurrences."""
        found_: dict[RemoteId, RemoteItem] = {}
        for change in self._peer.changes(place, None):
            if isinstance(change, Unread) and change.id == id_:
                raise change.error
            if isinstance(change, RemoteItem) and (versions.series_of(change.id) or change.id) == id_:
                found_[change.id] = change
        if id_ not in found_:
            raise NotFound("Outlook has no such item.")
        return found_

    def _changed(self, place: Place, known: Mapping[RemoteId, RemoteItem], id_: RemoteId) -> int:
        """How many items are other ones than they were, by what decides that."""
        now = self._read(place, id_)
        return sum(
            versions.content_of(now[id_].item) != versions.content_of(one.item) if id_ in now else True
            for id_, one in known.items()
        )

    def _compared(
        self, question: str, did: str, wrote: Item, now: Mapping[RemoteId, RemoteItem], id_: RemoteId
    ) -> Finding:
        wanted = {id_: self._peer.project(wrote)}
        if isinstance(wrote, Appointment):
            for one in self._sample.changed:
                assert one.recurrence_id is not None  # noqa: S101 - that makes it one
                wanted[versions.occurrence_id(id_, one.recurrence_id)] = one
        differing = [
            *_lacking(wanted, now),
            *(line for key in wanted.keys() & now for line in _lines(wanted[key], now[key].item)),
        ]
        verdict = Verdict.OTHERWISE if differing else Verdict.ALIKE
        return Finding(
            question=question,
            did=did,
            came="; ".join(differing) or "as it went",
            expected="as it went",
            verdict=verdict,
        )


def _module(item: Item) -> Module:
    if isinstance(item, Appointment):
        return Module.CALENDAR
    return Module.CONTACTS if isinstance(item, Contact) else Module.TASKS


def _lacking(wanted: Mapping[RemoteId, Item], now: Mapping[RemoteId, RemoteItem]) -> Iterator[str]:
    yield from (f"{_short(id_)} is lacking" for id_ in sorted(wanted.keys() - now))
    yield from (f"{_short(id_)} is too many" for id_ in sorted(now.keys() - wanted))


def _short(id_: RemoteId) -> str:
    series = versions.series_of(id_)
    return f"the occurrence {id_.removeprefix(f'{series}#')}" if series else "the item"


def _lines(wanted: Item, came: Item) -> Iterator[str]:
    """What differs, attribute by attribute."""
    for name in wanted.__struct_fields__:
        wrote, got = getattr(wanted, name), getattr(came, name, None)
        if wrote != got:
            yield f"{name}: wrote {_said(wrote)}, came {_said(got)}"


def _said(value: object) -> str:
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"
