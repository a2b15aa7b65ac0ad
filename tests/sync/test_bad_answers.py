"""Every bad answer to every kind of request: nothing is lost by it, here or there, or comes twice; and it is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from io import BytesIO
from itertools import cycle, product

import pytest

from passerelle.model.errors import PasserelleError
from passerelle.model.folders import Module
from passerelle.model.participants import Answer
from passerelle.peers.base import (
    ChangeOccurrence,
    Confirm,
    Create,
    Delete,
    FolderDraft,
    FolderEdit,
    Move,
    Place,
    RemoteFile,
    Root,
    Spot,
    Update,
    Version,
    Write,
)
from passerelle.peers.line.patience import USUAL, Patience
from passerelle.peers.ox_webdav import OxWebDav
from tests.sync.bad_answers import BAD_ANSWERS, SILENCE
from tests.sync.bad_server import Kind, Spoil
from tests.sync.busy_scene import START, Scene, check, folders, in_step, records

pytestmark = pytest.mark.long


def strike(scene: Scene, answers: Iterable[Spoil]) -> list[str]:
    """Let one of the answers strike each kind of request once; what the user reads of it."""
    scene.gateway.waiting = dict(zip(Kind, cycle(answers), strict=False))
    return run(scene)


def run(scene: Scene) -> list[str]:
    """Run cycles until every kind that waits for it was struck; what the user reads."""
    said: list[str] = []
    for _ in range(2 * len(Kind)):
        if not scene.gateway.waiting:
            break
        with scene.line() as peer:
            try:
                said += [str(one.message) for one in scene.replica.cycle(peer).reports]
            except PasserelleError as error:
                said.append(str(error))
        check(scene)
        scene.later += timedelta(hours=1)
    assert not scene.gateway.waiting, scene.gateway.waiting
    return said


def test_each_bad_answer_to_each_request_is_told_in_words_of_ours(scene: Scene) -> None:
    with scene.line() as peer:
        calls = every_call(scene, peer)
        for bad in BAD_ANSWERS.values():
            for spoil, (kind, call) in product(bad.answers.values(), calls.items()):
                scene.gateway.waiting = {kind: spoil}
                with suppress(PasserelleError):  # anything else is a fault
                    call()
                assert not scene.gateway.waiting, kind


def every_call(scene: Scene, peer: OxWebDav) -> Mapping[Kind, Callable[[], object]]:
    """All that the engine may ask of a server, by what the server is asked for."""
    peer.directory(None)
    session = scene.there()
    folder = folders(session)["Club"]
    item = next(record for record in records(session) if record.folder == folder.id)
    place, about = Place(peer.folder_id(folder.id), Module.CALENDAR), peer.item_id(Module.CALENDAR, item.id)
    version, day, where = Version(str(item.stamp)), START.date(), peer.folder_id(folder.id)
    draft = FolderDraft(spot=Spot(root=Root.PRIVATE), name="A folder", module=Module.TASKS)
    writes: Mapping[Kind, Write] = {
        Kind.CREATION: Create(token="1", item=item.item),
        Kind.CHANGE: Update(token="1", id=about, version=version, item=item.item, fields=frozenset({"title"})),
        Kind.OCCURRENCE: ChangeOccurrence(
            token="1", master=about, version=version, day=day, item=item.item, fields=frozenset({"title"})
        ),
        Kind.ANSWER: Confirm(token="1", id=about, answer=Answer.ACCEPTED, message=""),
        Kind.MOVE: Move(token="1", id=about, version=version, destination=where),
        Kind.DELETION: Delete(token="1", id=about, version=version),
    }
    hanging = next(record for record in records(session) if record.attachments)
    tasks, task = Place(peer.folder_id(hanging.folder), Module.TASKS), peer.item_id(Module.TASKS, hanging.id)
    file = peer.read(tasks, task).files[0]  # type: ignore[index]

    def add_file() -> RemoteFile:
        return peer.add_file(tasks, task, version, hanging.attachments[0], BytesIO(b"new"))[0]

    def remove_file() -> None:
        listed = peer.read(tasks, task).files
        gone = listed[0] if isinstance(listed, tuple) and listed else add_file()
        peer.remove_file(tasks, task, version, gone.id)

    return {
        Kind.FILE: lambda: peer.read_file(tasks, task, file, BytesIO()),
        Kind.NEW_FILE: add_file,
        Kind.FILE_REMOVAL: remove_file,
        Kind.DIRECTORY: lambda: peer.directory(None),
        Kind.FOLDERS: lambda: peer.folders(None),
        Kind.CALENDAR: lambda: list(peer.changes(place, None)),
        Kind.LISTING: lambda: (peer.directory(None), peer.versions(place)),  # the first shows whose server it is
        Kind.ITEM: lambda: peer.read(place, about),
        **{kind: partial(peer.write, place, [write]) for kind, write in writes.items()},
        Kind.FOLDER_CREATION: lambda: peer.create_folder(draft),
        Kind.FOLDER_CHANGE: lambda: peer.update_folder(where, Version("0"), FolderEdit(name="Another")),
        Kind.FOLDER_DELETION: lambda: peer.delete_folder(where, Version("0")),
    }


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_to_any_request_loses_and_doubles_nothing_and_is_told(scene: Scene, name: str) -> None:
    bad = BAD_ANSWERS[name]
    said = strike(scene, bad.answers.values())
    assert not bad.says or any(re.search(bad.says, one) for one in said), said
    in_step(scene)


def test_a_server_that_is_silent_is_not_waited_for_and_nothing_is_lost_or_doubled(scene: Scene) -> None:
    scene.patience = Patience(window_s=0.3)
    scene.gateway.waiting = dict.fromkeys((Kind.CONTACTS, Kind.CREATION, Kind.FOLDER_CREATION), SILENCE)
    assert "The server did not answer in time." in run(scene)
    scene.patience = USUAL
    in_step(scene)
