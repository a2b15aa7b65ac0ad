"""What stories have in common: the people, what they see, and the calm in the end."""

from __future__ import annotations

from io import BytesIO

from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.folders import Folder, Module, Right, Rights
from passerelle.model.principals import PrincipalKind
from passerelle.model.records import ItemRecord
from tests.sync.fire.ledger import title_of
from tests.sync.fire.stage import DEVICES, Stage

ANNA, ANNA_AGAIN, BEN = DEVICES
ANNA_THERE, BEN_THERE = 3, 4
READ = Rights(folder=2, read=4)
READ_OWN = Rights(folder=4, read=2, write=2, delete=2)
ALL = Rights(folder=8, read=4, write=4, delete=4)


def folder(stage: Stage, place: int, name: str, module: Module = Module.CALENDAR, owner: int | None = None) -> Folder:
    """A folder as somebody sees it; one's own unless told otherwise."""
    wanted = (name, module, stage.user_of(place) if owner is None else owner)
    return next(one for one in stage.folders(place) if (one.name, one.module, one.owner) == wanted)


def item(stage: Stage, place: int, inside: Folder, title: str) -> ItemRecord:
    """The item of that title, no change exception."""
    return next(one for one in stage.records(place, inside) if title_of(one.item) == title and one.master is None)


def hang(stage: Stage, place: int, inside: Folder, record: ItemRecord, content: bytes = b"%PDF") -> None:
    """Somebody hangs a file on an item."""
    file = NewFile(name="plan.pdf", media_type="application/pdf", size=len(content), stream=BytesIO(content))
    stage.session(place).attach(Target(record.id, inside.module, inside.id), file)


def let_in(stage: Stage, place: int, inside: Folder, rights: Rights) -> None:
    """The owner of a folder gives the other user rights in it."""
    session = stage.session(place)
    other = next(one for one in stage.users if one != session.user_id)
    kept = tuple(one for one in inside.rights if one.principal != other)
    session.update_folder(inside.id, rights=(*kept, Right(kind=PrincipalKind.USER, principal=other, rights=rights)))


def come_to_rest(stage: Stage) -> None:
    """All devices synchronise until nothing is left; then everybody sees what the server shows them.

    Each look that follows costs two requests, for nothing waits; and nobody was told anything twice.
    """
    for _ in range(8):
        if not sum(stage.devices[number].cycle().total for number in DEVICES):
            break
    for number in DEVICES:
        assert stage.describe(number) == stage.describe(BEN_THERE if number == BEN else ANNA_THERE)
        assert stage.devices[number].cycle().traffic.requests == 2
    stage.deliver()
    assert stage.post.complaints == []
    assert stage.unsound() == []
