"""Who may do what in a folder, as a form: a row a user or group, with a level and check boxes (manual, 7.5).

The boxes say all; a level is a name for some of them. Fields are called by box and row: ``r4-user-3`` is “read all” of
the user 3.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from msgspec import Struct

from passerelle.desk.parties import Directory
from passerelle.groupware.visibility import normal
from passerelle.model.errors import Invalid
from passerelle.model.folders import Folder, Level, Right, Rights
from passerelle.model.levels import LEVELS, level_of
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.principals import PrincipalKind
from passerelle.model.text import Text

BOXES: Final[Mapping[Text, Mapping[str, Text]]] = {
    Text("Folder"): {"f2": Text("see"), "f4": Text("create items"), "f8": Text("create subfolders")},
    Text("Read"): {"r2": Text("own items"), "r4": Text("all items")},
    Text("Change"): {"w2": Text("own items"), "w4": Text("all items")},
    Text("Delete"): {"d2": Text("own items"), "d4": Text("all items")},
}
"""The boxes of a row in their groups; who has ticked one has those before it, too."""
ADMIN: Final = "a"
_RIGHTS: Final = {"f": "folder", "r": "read", "w": "write", "d": "delete"}
_KINDS: Final = {PrincipalKind.USER: ParticipantKind.USER, PrincipalKind.GROUP: ParticipantKind.GROUP}


class Row(Struct, frozen=True, kw_only=True):
    """One entry of the list. ``level`` is None for custom rights; ``is_fixed``: it can neither go nor change."""

    who: str
    name: str
    is_group: bool
    level: int | None
    boxes: frozenset[str]
    is_fixed: bool


def boxes_of(rights: Rights) -> frozenset[str]:
    """The boxes that rights tick.

    >>> sorted(boxes_of(Rights(folder=4, read=128)))
    ['f2', 'f4', 'r2', 'r4']
    """
    ticked = {box for group in BOXES.values() for box in group if getattr(rights, _RIGHTS[box[0]]) >= int(box[1:])}
    return frozenset(ticked | ({ADMIN} if rights.admin else set()))


def rights_of(boxes: Iterable[str]) -> Rights:
    """The rights that boxes stand for.

    >>> rights_of(["f2", "r4"])
    Rights(folder=2, read=4, write=0, delete=0, admin=False)
    """
    ticked = set(boxes)
    most = {
        name: max((int(box[1:]) for box in ticked if box != ADMIN and box[0] == letter), default=int(Level.NONE))
        for letter, name in _RIGHTS.items()
    }
    return Rights(**most, admin=ADMIN in ticked)


LEVEL_BOXES: Final = {level.number: " ".join(sorted(boxes_of(level.rights))) for level in LEVELS}
"""What the browser ticks when a level is chosen."""


def rows(entries: Iterable[Right], folder: Folder, directory: Directory) -> list[Row]:
    """The entries as the list shows them; the owner of a private folder stays what that person is."""
    known = normal(entries)
    directory.meet(Participant(kind=_KINDS[right.kind], id=right.principal) for right in known)
    return [
        Row(
            who=f"{right.kind.value}-{right.principal}",
            name=directory.name_of(Participant(kind=_KINDS[right.kind], id=right.principal)) or str(right.principal),
            is_group=right.kind is PrincipalKind.GROUP,
            level=level_of(right.rights),
            boxes=boxes_of(right.rights),
            is_fixed=right.kind is PrincipalKind.USER and right.principal == folder.owner and right.rights.admin,
        )
        for right in known
    ]


def entries(fields: Mapping[str, str], folder: Folder) -> tuple[Right, ...]:
    """The entries that a form shows. What means the same as before is as it was, to the bit.

    Raises:
        Invalid: it names somebody in a way that none of our forms does.
    """
    before = {(right.kind, right.principal): right.rights for right in normal(folder.rights)}
    found: list[Right] = []
    for who in filter(None, fields.get("rows", "").split()):
        kind, principal = _principal(who)
        boxes = {name.removesuffix(f"-{who}") for name in fields if name.endswith(f"-{who}")}
        known = before.get((kind, principal), Rights())
        given = rights_of(boxes & _ALL)
        same = boxes_of(known) == boxes_of(given) or (kind is PrincipalKind.USER and principal == folder.owner)
        found.append(Right(kind=kind, principal=principal, rights=known if same and known.folder else given))
    return tuple(found)


def added(name: str, directory: Directory) -> Right:
    """An entry for somebody of the directory, who may see the folder and nothing else (manual, 7.5.1.2).

    Raises:
        Invalid: nobody has that name.
    """
    party = directory.grantable(name)
    if party is None or party.id is None:
        raise Invalid(Text("“{name}” is no user and no group.", name=name), "name")
    kind = PrincipalKind.USER if party.kind is ParticipantKind.USER else PrincipalKind.GROUP
    return Right(kind=kind, principal=party.id, rights=LEVELS[0].rights)


_ALL: Final = frozenset({ADMIN, *(box for group in BOXES.values() for box in group)})


def _principal(who: str) -> tuple[PrincipalKind, int]:
    kind, _, number = who.partition("-")
    try:
        return PrincipalKind(kind), int(number)
    except ValueError as error:
        raise Invalid(Text("“{name}” is no user and no group.", name=who), "rows") from error
