"""Which modules of an account are synchronised (manual, 4.4.2), and what becomes of the items of those that are not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from passerelle.model.folders import Folder, Module
from passerelle.store import FolderLink, Reading, Skipped, Writing
from passerelle.sync.send.unsent import unsent
from passerelle.sync.skipped.quarantine import settle
from passerelle.sync.slow import want_slow_sync

MODULES = frozenset({Module.CONTACTS, Module.CALENDAR, Module.TASKS})
_SELECTED = "modules"


def selected_modules(tx: Reading) -> frozenset[Module]:
    """The modules that are synchronised; all of them unless the user chose."""
    chosen = tx.sync.get(_SELECTED, list[Module])
    return MODULES if chosen is None else frozenset(chosen)


def select_modules(tx: Writing, modules: Iterable[Module]) -> None:
    """Synchronise some modules and no others from the next cycle on. What is selected again is compared as a whole."""
    before, after = selected_modules(tx), MODULES & set(modules)
    tx.sync.set(_SELECTED, sorted(after))
    want_slow_sync(tx, [link.local for link, _ in _folders(tx, after - before)])


def unsent_outside(tx: Reading, modules: Iterable[Module]) -> int:
    """How many changes in all but some modules wait to be sent."""
    return sum(len(unsent(tx, link).ids) for link, _ in _folders(tx, MODULES - set(modules)))


def remove_outside(tx: Writing) -> None:
    """Take the items of modules that are not synchronised out of the replica, with what waits about them.

    The server is not told, and has them fetched anew when the module is selected again: ``tx`` is the engine's own.
    """
    folders = list(_folders(tx, MODULES - selected_modules(tx)))
    tx.items.remove_many({id_ for _, folder in folders for id_ in tx.items.ids(folder.id)})
    for link, folder in folders:
        tx.left_out.clear(folder.id)
        tx.sync.remove_item_links(folder.id, [one.local for one in tx.sync.versions(folder.id).values()])
        settle(tx, [one for one in tx.sync.skipped() if one.folder == folder.id and _is_about_item(one, link)])
        tx.sync.close_intents([one.id for one in tx.sync.intents() if one.folder == folder.id])
        tx.sync.put_folder_link(FolderLink(local=link.local, remote=link.remote, sent=tx.journal.clock(folder.id)))


def _is_about_item(entry: Skipped, link: FolderLink) -> bool:
    """Whether an entry is about an item rather than about its folder."""
    return entry.local is not None or entry.remote not in (None, link.remote)


def _folders(tx: Reading, modules: Iterable[Module]) -> Iterator[tuple[FolderLink, Folder]]:
    """The linked folders of some modules."""
    wanted = set(modules)
    for link in tx.sync.folder_links():
        folder = tx.folders.get(link.local)
        if folder is not None and folder.module in wanted:
            yield link, folder
