"""Keeps what a side refused as a copy in another folder, and takes the server's state in the old place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import uuid4

from msgspec import Struct

from passerelle.groupware.access import creatable_folder, module_of
from passerelle.groupware.actor import actor_of
from passerelle.groupware.calendars import default_folders
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.model.items import Item
from passerelle.model.text import Text
from passerelle.store import Reading, Skipped, Writing
from passerelle.sync.bases import base_of
from passerelle.sync.merge.own import as_own, as_single
from passerelle.sync.skipped.choices import SkippedObject, entry_of, give_up, shown
from passerelle.sync.skipped.quarantine import DOWN, FILES, HELD


def keep(tx: Writing, me: UserId, id_: int, into: FolderId | None, now: datetime) -> ItemId:
    """Keep what is here of a skipped object as a new item, and discard the change; return the new item.

    It goes into a folder of the user's choice, else into the own default folder of its module. A copy of a meeting is
    an entry of the user's own: nobody is invited a second time. A series is copied with its changed occurrences.

    Raises:
        NotFound: there is no such skipped object, or no such folder.
        Contradiction: there is nothing here to be kept.
        Forbidden: the user may not create items in the folder.
    """
    entry = entry_of(tx, id_)
    if entry.code == HELD:
        raise Contradiction("A held deletion is not kept as a copy. “passerelle confirm” decides on it.")
    if entry.direction == FILES:
        raise Contradiction("Its files are all that is not in step. Retry it, or discard it.")
    if not tx.sync.is_of_server:
        raise Contradiction("What Outlook does not take is here all the same. Retry it, or discard it.")
    record = None if entry.local is None else tx.items.get(entry.local, me)
    if record is None:
        raise Contradiction("There is nothing here to keep a copy of. Retry it, or discard it.")
    below = [one.item for one in tx.items.exceptions(record.id, me)] if record.master is None else []
    copy = copy_of(tx, me, record.item, into, below)
    give_up(tx, me, entry, now)
    return copy


def copy_of(tx: Writing, me: UserId, item: Item, into: FolderId | None, below: Iterable[Item] = ()) -> ItemId:
    """Make an item of the user's own of another one, a series with its changed occurrences ``below``; return it.

    Raises:
        NotFound: there is no such folder.
        Forbidden: the user may not create items in it.
    """
    folder = creatable_folder(tx, actor_of(tx, me), into or _home(tx, me, item), item)
    uid = str(uuid4())
    copy = tx.items.add(folder.id, as_single(item, uid), alarm_of=me)
    for one in below:
        tx.items.add(folder.id, as_own(one, uid), master=copy.id, alarm_of=me)
    return copy.id


def _home(tx: Reading, me: UserId, item: Item) -> FolderId:
    module = module_of(item)
    home = default_folders(tx, module).get(me)
    if home is None:
        raise NotFound(
            Text("There is no default folder for module {module}. Name one with --folder.", module=Text(module))
        )
    return home


class SkippedDetails(Struct, frozen=True, kw_only=True):
    """A skipped object with both versions: ``here``, and ``there`` as the other side was last known to have it.

    ``choices`` says what each command would do.
    """

    skipped: SkippedObject
    here: Item | None
    there: Item | None
    choices: dict[str, Text]


def details(tx: Reading, me: UserId, id_: int) -> SkippedDetails:
    """One skipped object in full. Raises NotFound."""
    entry = entry_of(tx, id_)
    record = None if entry.local is None else tx.items.get(entry.local, me)
    links = [] if entry.local is None else tx.sync.links_of(entry.local)
    return SkippedDetails(
        skipped=shown(tx, me, entry),
        here=None if record is None else record.item,
        there=base_of(tx, links[0], record) if links else None,
        choices=_choices(tx, entry, is_here=record is not None, is_there=bool(links)),
    )


def _choices(tx: Reading, entry: Skipped, *, is_here: bool, is_there: bool) -> dict[str, Text]:
    if tx.sync.is_of_server:
        return choices(entry, is_here=is_here, is_there=is_there)
    return choices_in_mirror(entry, is_here=is_here)


def choices_in_mirror(entry: Skipped, *, is_here: bool) -> dict[str, Text]:
    """What the user can do about what Outlook did not take, or what could not be taken from there."""
    if entry.direction == DOWN or (entry.direction == FILES and entry.remote is not None):
        given_up = Text("Leave it as Outlook has it, until it changes there.")
    elif entry.local is None:
        given_up = Text("Leave the folder in Outlook as it is there.")
    elif is_here:
        given_up = Text("Leave Outlook without the change. Here and on the server it stays.")
    else:
        given_up = Text("Leave it in Outlook. Here and on the server it stays deleted.")
    return {"retry": Text("Try it again with the next look at Outlook."), "discard": given_up}


def choices(entry: Skipped, *, is_here: bool, is_there: bool) -> dict[str, Text]:
    """What the user can do about a skipped object, and what comes of it, in plain words.

    ``is_here`` and ``is_there`` say on which sides the item is known.
    """
    if entry.code == HELD:
        return {"confirm": Text("Say whether the deletion was meant.")}
    found = {"retry": Text("Try it again with the next sync, for instance after a right was given.")}
    if entry.direction == FILES and entry.remote is None:
        found["discard"] = Text("Give your change up: the files are again those that the server has.")
    elif entry.direction == FILES or entry.local is None:
        found["discard"] = Text("Leave it as the server has it, until it changes there.")
    elif not is_here:
        found["discard"] = Text("Give the deletion up: the item comes back from the server.")
    elif is_there:
        found["discard"] = Text("Give your change up: the server’s version comes back.")
        found["keep"] = Text("Keep your version as a copy in a folder of yours; the server’s comes back here.")
    else:
        found["discard"] = Text("Give the item up: it is deleted here.")
        found["keep"] = Text("Keep it in another folder of yours.")
    return found
