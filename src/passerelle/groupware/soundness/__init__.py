"""Whether a server's store is sound: what every store promises (:mod:`passerelle.store.integrity`), and the rules.

Decide first, then act: :func:`check` finds, :func:`repair` carries out the cures and looks again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import structlog
from msgspec import MsgspecError
from sqlalchemy.exc import SQLAlchemyError

from passerelle.groupware.provision import SYSTEM_USER
from passerelle.groupware.soundness.folders import (
    everybody_has_default_folders,
    folders_form_one_tree,
    rights_are_of_somebody,
)
from passerelle.groupware.soundness.items import item_rules
from passerelle.groupware.soundness.people import everybody_is_in_the_address_book, groups_have_lists
from passerelle.model.errors import PasserelleError
from passerelle.store import Reading, Store
from passerelle.store.integrity.everything import findings
from passerelle.store.integrity.finding import Finding, OnProgress, silent

__all__ = ["check", "repair", "row_findings"]

log = structlog.get_logger(__name__)

_RULES = (
    folders_form_one_tree,
    everybody_has_default_folders,
    rights_are_of_somebody,
    everybody_is_in_the_address_book,
    groups_have_lists,
)


def check(store: Store, on_rows: OnProgress = silent, on_files: OnProgress = silent) -> list[Finding]:
    """All that is wrong with a server's store, from one snapshot, while others go on working.

    Every row, earlier version and file is read once.
    """
    with store.reading() as tx:
        found = list(row_findings(tx, on_rows))
    return found + store.check_files(on_files)


def row_findings(tx: Reading, on_progress: OnProgress = silent) -> Iterator[Finding]:
    """All that is wrong with the rows of one snapshot."""
    yield from findings(tx, on_progress, item_rules(tx))
    for rule in _RULES:
        yield from rule(tx)


def repair(store: Store, found: Sequence[Finding]) -> list[Finding]:
    """Carry out the cures of what was found, and return what a new check finds.

    All cures are one transaction. One that fails leaves the others' work, and shows in the new check.
    """
    with store.writing(SYSTEM_USER, "check") as tx:
        for finding in found:
            if finding.cure is not None:
                try:
                    with tx.part():
                        finding.cure(tx)
                except (PasserelleError, SQLAlchemyError, MsgspecError) as error:
                    # What is wrong may be worse than it looked; the new check tells.
                    log.warning("cure_failed", rule=finding.rule, where=finding.where, reason=type(error).__name__)
    store.sweep()
    return check(store)
