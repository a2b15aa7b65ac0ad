"""Files and pictures go into Outlook and come out of it as they were, and leave nothing on the disk."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from msgspec.structs import replace
from PIL import Image

from passerelle.model.items import Contact, Photo, Task
from passerelle.peers.outlook.mapping.files import File, add_file, remove_file, save_file
from tests.peers.outlook.mapping.desk import Desk


def _photo(kind: str, color: str) -> Photo:
    data = BytesIO()
    Image.new("RGB", (4, 4), color).save(data, kind)
    return Photo(f"image/{kind}", data.getvalue())


@pytest.mark.parametrize("kind", ["jpeg", "png"])
def test_a_photo_is_no_file(kind: str, tmp_path: Path) -> None:
    desk = Desk(directory=tmp_path)
    item = Contact(first_name="Anna", photo=_photo(kind, "red"))
    entry = desk.create(item)
    assert desk.open(entry).HasPicture
    assert (desk.read(entry).item, desk.read(entry).files) == (item, ())
    assert not list(tmp_path.iterdir())


def test_a_photo_is_replaced_and_taken_away(tmp_path: Path) -> None:
    desk = Desk(directory=tmp_path)
    item = Contact(first_name="Anna", photo=_photo("jpeg", "red"))
    entry = desk.create(item)
    for photo in (_photo("jpeg", "blue"), None):
        item = replace(item, photo=photo)
        entry = desk.update(entry, item)
        assert desk.read(entry).item == item


def test_files_come_and_go_by_their_names_and_bytes(tmp_path: Path) -> None:
    desk = Desk(directory=tmp_path)
    entry = desk.create(Task(title="x"))
    item = desk.open(entry)
    add_file(item, "a.txt", BytesIO(b"one"), desk.context)
    add_file(item, 'Bilanz "2026"/neu: Ä.pdf', BytesIO(b"two"), desk.context)
    item.Save()
    found = desk.read(entry).files
    assert found == (File(1, "a.txt", 3), File(2, "Bilanz _2026__neu_ Ä.pdf", 3))
    item = desk.open(entry)
    for one, content in zip(found, (b"one", b"two"), strict=True):
        save_file(item, one, read := BytesIO(), desk.context)
        assert read.getvalue() == content
    remove_file(item, found[0])
    item.Save()
    assert [(one.index, one.name) for one in desk.read(entry).files] == [(1, found[1].name)]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["", "...", "x" * 400 + ".pdf", "\x00"])
def test_any_name_becomes_one_that_windows_allows(name: str, tmp_path: Path) -> None:
    desk = Desk(directory=tmp_path)
    item = desk.open(desk.create(Task(title="x")))
    add_file(item, name, BytesIO(b"x"), desk.context)
    item.Save()
    (found,) = desk.read(item.EntryID).files
    assert found.name
    assert len(found.name) <= 130
