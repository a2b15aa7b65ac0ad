"""``passerelle server check``: whether the store is sound, and what can be put right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from passerelle.cli.logs import log_to_stderr
from passerelle.cli.options import Json, ServerData
from passerelle.cli.output import print_json, print_table, progress, say
from passerelle.cli.server.opening import open_store
from passerelle.groupware import soundness
from passerelle.groupware.audit import note_command
from passerelle.model.text import Text, plural
from passerelle.store import Store
from passerelle.store.integrity.finding import Finding
from passerelle.translations import said

FOUND = 14
"""The exit code when something is wrong, or still is after a repair."""
_SHOWN = 200


class _Told(Struct, frozen=True):
    """A finding for scripts."""

    rule: str
    where: str
    what: str
    remedy: str
    repairable: bool


class _Outcome(Struct, frozen=True):
    """What was found; after a repair, what is left of it."""

    found: tuple[_Told, ...]
    left: tuple[_Told, ...] | None


def check(
    *,
    repair: Annotated[bool, Parameter(negative="")] = False,
    data: ServerData = None,
    json: Json = False,
) -> int:
    """Compare everything in the store with everything else; the server may run meanwhile.

    Exit code 0: all is well. 14: something is wrong, or still is after the repair.

    Args:
        repair: Put right what can be put right without losing anything.
        data: The server's directory.
        json: Print what was found as JSON.
    """
    log_to_stderr()
    with open_store(data) as store:
        found = _checked(store)
        left = soundness.repair(store, found) if repair and found else found
        if repair:
            note_command(store, "check --repair")
    if json:
        print_json(_Outcome(_told(found), _told(left) if repair else None))
    else:
        _tell(found, left, repaired=repair)
    return FOUND if left else 0


def _checked(store: Store) -> list[Finding]:
    with progress() as bar:
        rows, files = (bar.add_task(said(text), total=None) for text in (Text("Checking rows"), Text("Checking files")))
        return soundness.check(
            store,
            lambda done, total: bar.update(rows, completed=done, total=total),
            lambda done, total: bar.update(files, completed=done, total=total),
        )


def _told(found: Sequence[Finding]) -> tuple[_Told, ...]:
    return tuple(_Told(one.rule, one.where, one.what, one.remedy, one.cure is not None) for one in found)


def _tell(found: Sequence[Finding], left: Sequence[Finding], *, repaired: bool) -> None:
    if not found:
        say(Text("All is well."))
        return
    columns = ("Where", "What is wrong", "What a repair does")
    print_table(Text("Found"), columns, ((one.where, one.what, one.remedy) for one in found[:_SHOWN]))
    if len(found) > _SHOWN:
        say(Text("… and {count} more. See all with --json.", count=len(found) - _SHOWN))
    if repaired:
        _tell_repair(left)
    elif any(one.cure for one in found):
        say(Text("Say --repair to put right what can be put right without losing anything."))


def _tell_repair(left: Sequence[Finding]) -> None:
    if not left:
        say(Text("All of it was put right."))
        return
    said_so = plural("{count} finding is left:", "{count} findings are left:", count=len(left))
    print_table(said_so, ("Where", "What is wrong"), ((one.where, one.what) for one in left[:_SHOWN]))
