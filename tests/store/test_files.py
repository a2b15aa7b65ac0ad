"""Photos and attachments: kept once, complete or not at all, and gone with the last that refers to them."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from passerelle.model.errors import NotFound
from passerelle.model.ids import AttachmentId, FolderId, ItemId
from passerelle.model.items import Contact, Photo
from passerelle.store import Store
from passerelle.store.blobs import BlobDirectory
from passerelle.store.content import SMALL_PHOTO_BYTES
from passerelle.store.integrity.everything import findings
from tests.store.conftest import ANNA, BEN, Place
from tests.store.samples import changes, meeting, picture, portrait


def files(place: Place) -> list[bytes]:
    return sorted(path.read_bytes() for path in (place.files / "files").rglob("*") if path.is_file())


def test_an_attachment_hangs_on_its_item(store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        item = tx.items.add(calendar, meeting())
        plain = tx.items.add(calendar, meeting())
    with store.writing(BEN) as tx:
        notes = tx.attachments.add(item.id, "notes ä.txt", "text/plain", io.BytesIO(b"Notes"))
        body = tx.attachments.add(item.id, "body.rtf", "application/rtf", io.BytesIO(b"{\\rtf1}"), rtf=True)
    with store.reading() as tx:
        assert tx.attachments.of(item.id) == (notes, body)
        assert tx.attachments.get(body.id) == (item.id, body)
        with tx.attachments.open(notes.digest) as file:
            assert file.read() == b"Notes"
        (listed,) = changes(tx, calendar, since=plain.stamp + 1)
    assert (listed.id, listed.attachments, listed.modified_by) == (item.id, (notes, body), BEN)
    assert (notes.size, notes.name, notes.rtf, body.rtf) == (5, "notes ä.txt", False, True)


def test_a_removed_attachment_stamps_its_item_anew(place: Place, store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        item = tx.items.add(calendar, meeting())
        attachment = tx.attachments.add(item.id, "a", "text/plain", io.BytesIO(b"a"))
        before = tx.journal.clock(calendar)
    with store.writing(ANNA) as tx:
        stamp = tx.attachments.remove(attachment.id)
        record = tx.items.get(item.id, ANNA)
    assert record is not None
    assert (record.stamp, record.attachments) == (stamp, ())
    assert stamp > before
    assert files(place) == []


def test_equal_files_are_kept_once_and_go_with_the_last_item_once_that_cannot_come_back(
    place: Place, store: Store, calendar: FolderId
) -> None:
    with store.writing(ANNA) as tx:
        one, two = tx.items.add(calendar, meeting()).id, tx.items.add(calendar, meeting()).id
        for item in (one, two):
            tx.attachments.add(item, "same", "text/plain", io.BytesIO(b"same"))
    assert files(place) == [b"same"]
    with store.writing(ANNA) as tx:
        tx.items.remove(one)
    assert files(place) == [b"same"]
    with store.writing(ANNA) as tx:
        tx.items.remove(two)
        tx.attachments.forget_former(datetime.now(UTC) - timedelta(days=1))
    assert files(place) == [b"same"]
    with store.writing(ANNA) as tx:
        tx.attachments.forget_former(datetime.now(UTC) + timedelta(days=1))
    assert files(place) == []


def test_an_item_that_comes_back_under_its_number_has_the_files_that_it_went_with(
    store: Store, calendar: FolderId
) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, meeting()).id
        tx.attachments.add(id_, "early", "text/plain", io.BytesIO(b"early"))
        tx.items.remove(id_)
        tx.items.add(calendar, meeting(), id_=id_)
        late = tx.attachments.add(id_, "late", "text/plain", io.BytesIO(b"late"))
    with store.writing(ANNA) as tx:
        tx.items.remove(id_)
    with store.writing(ANNA) as tx:
        back = tx.items.add(calendar, meeting(), id_=id_)
        assert tx.items.get(id_, ANNA) == back
    assert [one.name for one in back.attachments] == ["early", "late"]
    assert back.attachments[1] == late
    with store.reading() as now, now.attachments.open(late.digest) as file:
        assert file.read() == b"late"
        assert list(findings(now)) == []


def test_the_photo_of_a_deleted_contact_is_kept_as_long_as_its_history(
    place: Place, store: Store, calendar: FolderId
) -> None:
    with store.writing(ANNA) as tx:
        tx.items.remove(tx.items.add(calendar, portrait(b"picture")).id)
    assert files(place) == [picture(b"picture")]


def test_a_small_photo_needs_no_file(place: Place, store: Store, calendar: FolderId) -> None:
    small = Contact(photo=Photo("image/jpeg", bytes(SMALL_PHOTO_BYTES)))
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, small).id
    with store.reading() as tx:
        record = tx.items.get(id_, ANNA)
    assert record is not None
    assert record.item == small
    assert files(place) == []


def test_a_photo_written_again_is_kept_once(place: Place, store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        id_ = tx.items.add(calendar, portrait(b"picture")).id
        tx.items.replace(id_, portrait(b"picture"))
        tx.items.add(calendar, portrait(b"picture"))
    assert files(place) == [picture(b"picture")]


def test_files_that_a_crash_left_behind_are_swept(place: Place, store: Store, calendar: FolderId) -> None:
    with store.writing(ANNA) as tx:
        tx.items.add(calendar, portrait(b"picture"))
    BlobDirectory(place.files / "files").put(io.BytesIO(b"left behind"))
    (place.files / "files" / ".new-torn").write_bytes(b"torn")
    assert store.sweep() == 1
    assert files(place) == [picture(b"picture")]


def test_what_does_not_exist_is_not_found(store: Store) -> None:
    with store.reading() as tx:
        assert tx.attachments.get(AttachmentId(1)) is None
        assert tx.attachments.of(ItemId(1)) == ()
        with pytest.raises(FileNotFoundError):
            tx.attachments.open("0" * 64)
    with pytest.raises(NotFound), store.writing(ANNA) as tx:
        tx.attachments.remove(AttachmentId(1))
    with pytest.raises(NotFound), store.writing(ANNA) as tx:
        tx.attachments.add(ItemId(1), "a", "text/plain", io.BytesIO(b"a"))


class Torn(io.BytesIO):
    """A stream that breaks off after its first part."""

    def read(self, _size: int | None = -1) -> bytes:
        if self.tell():
            raise OSError("The line is dead.")
        self.seek(4)
        return b"part"


def test_a_stream_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    blobs = BlobDirectory(tmp_path / "files")
    with pytest.raises(OSError, match="dead"):
        blobs.put(Torn())
    assert list((tmp_path / "files").iterdir()) == []


def test_files_are_named_by_their_content(tmp_path: Path) -> None:
    blobs = BlobDirectory(tmp_path / "files")
    digest, size = blobs.put(io.BytesIO(b"hello"))
    assert blobs.put(io.BytesIO(b"hello")) == (digest, size)
    assert (digest[:8], size, list(blobs)) == ("2cf24dba", 5, [digest])
    with blobs.open(digest) as file:
        assert file.read() == b"hello"
    blobs.discard(digest)
    blobs.discard(digest)
    assert list(blobs) == []
