"""Steps of a walk: what people do with the files of items."""

from __future__ import annotations

from io import BytesIO
from typing import Final

from passerelle.groupware.attachments import NewFile, Target
from passerelle.model.folders import Folder
from passerelle.model.records import Attachment, ItemRecord
from tests.sync.fire.ledger import name_of
from tests.sync.fire.script import PICK, step
from tests.sync.fire.stage import PLACES
from tests.sync.fire.walk import Walk, allowed, pick

EVERYWHERE: Final = len(PLACES)
NAMES: Final = ("plan.pdf", "notes.txt", "naïve plan.pdf")


@step(2, place=EVERYWHERE, number=PICK, name=len(NAMES))
def attach(walk: Walk, place: int, number: int, name: int) -> None:
    """Somebody hangs a file on an item; names are few, so that others hang on one of the same name."""
    found = walk.any_item(place, number)
    if found is not None:
        _hang(walk, place, *found, NAMES[name], None)


@step(1, place=EVERYWHERE, number=PICK, which=PICK, name=len(NAMES))
def replace_file(walk: Walk, place: int, number: int, which: int, name: int) -> None:
    """Somebody puts another file in the place of one."""
    found = _with_file(walk, place, number, which)
    if found is not None:
        _hang(walk, place, *found[:2], NAMES[name], found[2])


@step(1, place=EVERYWHERE, number=PICK, which=PICK)
def detach(walk: Walk, place: int, number: int, which: int) -> None:
    """Somebody takes a file off."""
    found = _with_file(walk, place, number, which)
    if found is None:
        return
    folder, record, file = found
    target = Target(record.id, folder.module, folder.id)
    if allowed(lambda: walk.stage.session(place).detach(target, file.id)):
        walk.ledger.taken_off.add(file.digest)


def _with_file(walk: Walk, place: int, number: int, which: int) -> tuple[Folder, ItemRecord, Attachment] | None:
    found = walk.any_record(place, number, lambda record: bool(record.attachments))
    file = None if found is None else pick(found[1].attachments, which)
    return None if found is None or file is None else (*found, file)


def _hang(walk: Walk, place: int, folder: Folder, record: ItemRecord, name: str, replaced: Attachment | None) -> None:
    content = walk.value("file").encode()
    file = NewFile(name=name, media_type="text/plain", size=len(content), stream=BytesIO(content))
    target, done = Target(record.id, folder.module, folder.id), list[Attachment]()
    session = walk.stage.session(place)
    if allowed(lambda: done.append(session.attach(target, file, None if replaced is None else replaced.id)[0])):
        walk.ledger.hung_on(name_of(record.item), done[0].digest, place)
        if replaced is not None:
            walk.ledger.taken_off.add(replaced.digest)
