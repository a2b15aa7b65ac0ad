"""How an item is known again (section 2)."""

from __future__ import annotations

from passerelle.peers.outlook import marks
from passerelle.peers.outlook.constants import ComCode, DefaultFolder
from passerelle.peers.outlook.mapping import properties
from passerelle.peers.outlook.reference import NAMESPACE
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Part, ask, nobody_asks
from passerelle.peers.outlook.selftest.verdicts import Findings, found, refusal, refused

_SAVES = 20
_OWN = f"{NAMESPACE}/string/{{8C1E0B5C-0000-4000-8000-000000000001}}/Check"


def _unsaved(bench: Bench) -> Findings:
    yield found("unsaved-no-id", "made an item; its EntryID before it is saved", bench.appointment().EntryID, "")


def _saves(bench: Bench) -> Findings:
    item = bench.saved()
    changes, fractions = 0, 0
    for number in range(_SAVES):
        before = item.EntryID
        item.Subject = f"Check {number}"
        item.Save()
        changes += item.EntryID != before
        changed = bench.again(item).PropertyAccessor.GetProperty(marks.CHANGED)
        fractions += bool(getattr(changed, "microsecond", 0))
    yield found(
        "save-changes-id", f"saved an item {_SAVES} times; its id changed now and then", changes > 0, expected=True
    )
    yield found("times-cut", "fractions of seconds in the times of these changes", fractions > 0, expected=False)


def _moves(bench: Bench) -> Findings:
    item = bench.saved()
    within = item.Move(bench.folder(DefaultFolder.Calendar))
    yield found(
        "move-keeps-id",
        "moved an item within its data file: the same id",
        within.EntryID == item.EntryID,
        expected=True,
    )
    before = within.EntryID
    moved = within.Move(bench.folder(DefaultFolder.Calendar, 1))
    yield found(
        "move-changes-id", "moved it to another data file: the same id", moved.EntryID == before, expected=False
    )


def _stale(bench: Bench) -> Findings:
    item = bench.saved()
    one, other = bench.again(item), bench.again(item)
    one.Subject = "One"
    one.Save()
    other.Subject = "Other"
    wanted = refused(ComCode.OBJECT_CHANGED)
    yield found("stale-copy", "opened an item twice, changed and saved both; the second", refusal(other.Save), wanted)


def _not_found(bench: Bench) -> Findings:
    item = bench.saved()
    entry, store = item.EntryID, bench.root().StoreID
    item.Delete()
    deleted = bench.root().Store.GetDefaultFolder(int(DefaultFolder.DeletedItems)).Items
    for number in range(deleted.Count, 0, -1):
        deleted.Item(number).Delete()
    wanted = refused(ComCode.NOT_FOUND)
    yield found(
        "not-found",
        "looked for an item that was deleted for good",
        refusal(lambda: bench.session.GetItemFromID(entry, store)),
        wanted,
    )


def _own_word(bench: Bench) -> Findings:
    item = bench.saved()
    wanted = refused(ComCode.NOT_FOUND)
    yield found(
        "own-property",
        "read a named property that is not there",
        refusal(lambda: item.PropertyAccessor.GetProperty(_OWN)),
        wanted,
    )
    item.PropertyAccessor.SetProperty(f"{_OWN}/0x0000001F", "ours")
    yield found("own-property", "set it; the item counts as saved", item.Saved, expected=False)
    item.Save()
    yield found(
        "own-property", "saved, and read it again", bench.again(item).PropertyAccessor.GetProperty(_OWN), "ours"
    )


def _uid(bench: Bench) -> Findings:
    item = bench.appointment()
    names = "PidLidGlobalObjectId", "PidLidCleanGlobalObjectId"
    properties.put(item, dict(properties.to_set(name, bytes(range(40)).hex()) for name in names))
    item.Save()
    came = [properties.get(bench.again(item), name) == bytes(range(40)).hex().upper() for name in names]
    yield found(
        "own-global-id", "wrote a meeting's GlobalObjectId and CleanGlobalObjectId: they stay", came, (True, True)
    )


def _copy(bench: Bench) -> Findings:
    item = bench.saved()
    copy = item.Copy()
    yield found("copy-is-another", "copied an item: the same id", copy.EntryID == item.EntryID, expected=False)


PART = Part(
    "Identity",
    (
        ask(_unsaved, unsaved_no_id="An item that was never saved has no id."),
        ask(
            _saves,
            save_changes_id="Some saves give an item another id.",
            times_cut="Times of changes are cut to seconds.",
        ),
        ask(
            _moves,
            move_keeps_id="A move within a store keeps the id.",
            move_changes_id="A move to another store changes the id.",
        ),
        ask(_stale, stale_copy="An item that was saved otherwise meanwhile is not saved."),
        ask(_not_found, not_found="What is gone is told by MAPI_E_NOT_FOUND."),
        ask(_own_word, own_property="Named properties of ours stay with an item, and setting one makes it unsaved."),
        ask(_uid, own_global_id="A meeting's identity can be written, so that it is known when it comes by mail."),
        ask(_copy, copy_is_another="A copy is an item of its own."),
    ),
    (
        nobody_asks(
            "no-second-copy",
            "A meeting that is there under its identity does not come a second time by mail.",
            "it would take a mail to you",
        ),
        nobody_asks(
            "answer-replaces",
            "An answer to an invitation puts another item in its place, with another id.",
            "an answer could leave, and nothing is sent",
        ),
    ),
)
