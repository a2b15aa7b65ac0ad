"""Contacts' pictures are what their content tells; large ones have small copies (semantics reference, section 6)."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from passerelle.groupware.pictures import check_photo, photo_type, size_of
from passerelle.groupware.thumbnails import Copies, Square, small
from passerelle.groupware.transfer import export_folder, import_file
from passerelle.model.errors import Invalid, NotFound
from passerelle.model.folders import Module
from passerelle.model.items import Contact, Photo
from tests.groupware.office import Office

pytestmark = pytest.mark.rule("6.image")

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "GIF": "image/gif", "BMP": "image/bmp"}


def picture(kind: str, width: int, height: int, mode: str = "RGB", **options: object) -> bytes:
    """A picture with something to see in it."""
    image = Image.linear_gradient("L").resize((width, height)).convert(mode)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(photo: Photo) -> Image.Image:
    image = Image.open(io.BytesIO(photo.data))
    image.load()
    return image


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that unpacks to very many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(4096))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_a_picture_tells_its_type_and_its_size(kind: str) -> None:
    content = picture(kind, 123, 45)
    assert (photo_type(content), size_of(content)) == (FORMATS[kind], (123, 45))


def test_a_photograph_tells_its_size_behind_all_that_a_camera_writes() -> None:
    exif = Image.Exif()
    exif[0x010E] = "a description " * 500
    content = picture("JPEG", 640, 480, exif=exif.tobytes(), progressive=True, comment=b"\xff\xc0 no frame")
    assert size_of(content) == (640, 480)


@given(st.sampled_from(sorted(FORMATS)), st.integers(0, 400))
def test_half_a_picture_is_no_reason_to_fail(kind: str, length: int) -> None:
    content = picture(kind, 20, 10)[:length]
    assert size_of(content) in {None, (20, 10)}


@given(st.binary(max_size=200))
def test_nothing_that_looks_like_a_picture_is_a_reason_to_fail(tail: bytes) -> None:
    for head in (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM"):
        size_of(head + tail)
        small(Photo("image/png", head + tail), Square.DISPLAY)


def test_a_small_file_with_very_many_pixels_is_refused_unopened(office: Office) -> None:
    content = bomb(60_000, 60_000)
    assert len(content) < 10_000
    with pytest.raises(Invalid, match="60000 × 60000") as refusal:
        office.session("anna").create(office.default("anna", Module.CONTACTS), Contact(photo=Photo("", content)))
    assert refusal.value.code == "CON-0101"


def test_a_bomb_that_came_with_a_file_is_never_unpacked() -> None:
    photo = Photo("image/png", bomb(60_000, 60_000))
    assert small(photo, Square.DISPLAY) is photo


@pytest.mark.parametrize(("width", "height"), [(5000, 5000), (1, 4000)])
def test_as_many_pixels_as_a_photograph_has_are_accepted(width: int, height: int) -> None:
    check_photo(Photo("image/png", bomb(width, height)))


@pytest.mark.parametrize(("square", "side"), [(Square.DISPLAY, 250), (Square.CARD, 200)])
@pytest.mark.parametrize("kind", FORMATS)
def test_a_large_picture_has_a_small_copy_of_the_same_shape(kind: str, square: Square, side: int) -> None:
    copy = small(Photo(FORMATS[kind], picture(kind, 1000, 500)), square)
    assert opened(copy).size == (2 * side, side)
    assert copy.media_type == photo_type(copy.data) == ("image/jpeg" if kind == "JPEG" else "image/png")


@pytest.mark.parametrize("mode", ["1", "L", "CMYK", "RGB"])
def test_every_kind_of_photograph_has_a_copy(mode: str) -> None:
    copy = small(Photo("image/jpeg", picture("JPEG", 600, 600, "L" if mode == "1" else mode)), Square.CARD)
    assert opened(copy).size == (200, 200)


def test_what_is_transparent_stays_so() -> None:
    image = Image.new("RGBA", (500, 500), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    assert opened(small(Photo("image/png", out.getvalue()), Square.CARD)).getpixel((100, 100)) == (0, 0, 0, 0)


def test_a_photograph_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    copy = opened(small(Photo("image/jpeg", picture("JPEG", 1000, 500, exif=exif.tobytes())), Square.CARD))
    assert copy.size == (200, 400)
    assert not copy.getexif()


@pytest.mark.parametrize("size", [(250, 250), (250, 3000), (10, 10)])
def test_a_picture_that_is_small_enough_is_its_own_copy(size: tuple[int, int]) -> None:
    photo = Photo("image/png", picture("PNG", *size))
    assert small(photo, Square.DISPLAY) is photo


def test_a_copy_is_made_once() -> None:
    photo = Photo("image/png", picture("PNG", 700, 701))
    assert small(photo, Square.DISPLAY) is small(Photo("image/png", bytes(photo.data)), Square.DISPLAY)
    assert small(photo, Square.CARD) is not small(photo, Square.DISPLAY)


def test_only_the_latest_copies_are_remembered() -> None:
    copies, photo = Copies(kept=2), Photo("image/png", b"")
    first, second, third = ((name, Square.CARD) for name in (b"1", b"2", b"3"))
    copies.put(first, photo)
    copies.put(second, photo)
    assert copies.get(first) is photo
    copies.put(third, photo)
    assert (copies.get(first), copies.get(second), copies.get(third)) == (photo, None, photo)


class TestInAnAddressBook:
    """Who may read a contact sees its picture; a file has the originals, or small copies where that is asked for."""

    LARGE = Photo("image/jpeg", picture("JPEG", 800, 800))

    def test_a_reader_gets_a_copy_and_the_original_stays(self, office: Office) -> None:
        session = office.session("anna")
        item = session.create(office.default("anna", Module.CONTACTS), Contact(last_name="A", photo=self.LARGE))
        assert opened(session.photo(item.id, Square.DISPLAY)).size == (250, 250)
        assert session.get(item.id, Module.CONTACTS).item == item.item
        assert isinstance(item.item, Contact)
        assert item.item.photo == self.LARGE

    def test_there_is_none_of_a_contact_without_a_picture_nor_for_strangers(self, office: Office) -> None:
        session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
        without, with_one = session.create(folder, Contact()), session.create(folder, Contact(photo=self.LARGE))
        for reader, id_ in ((session, without.id), (office.session("bruno"), with_one.id)):
            with pytest.raises(NotFound):
                reader.photo(id_, Square.DISPLAY)

    def test_an_export_comes_back_as_it_was_or_with_small_pictures(self, office: Office) -> None:
        session, folder = office.session("anna"), office.default("anna", Module.CONTACTS)
        tiny = Photo("image/png", picture("PNG", 60, 60))
        session.create(folder, Contact(last_name="A", photo=self.LARGE))
        session.create(folder, Contact(last_name="B", photo=tiny))
        for small_pictures, size in ((False, (800, 800)), (True, (200, 200))):
            file = b"".join(export_folder(session, folder, small_pictures=small_pictures))
            other = office.private("bruno", f"Copy {small_pictures}", Module.CONTACTS).id
            import_file(office.session("bruno"), other, "cards.vcf", file)
            records = office.session("bruno").changes(other, Module.CONTACTS).items
            found = {one.item.last_name: one.item.photo for one in records if isinstance(one.item, Contact)}
            assert found["B"] == tiny
            assert size_of(found["A"].data if found["A"] else b"") == size
