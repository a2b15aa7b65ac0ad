"""Contacts: what they must have, how they are written, dates, pictures (OX reference, sections 9 and 13)."""

from __future__ import annotations

import base64

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="
OTHER_PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


@pytest.mark.parametrize("fields", [{}, {"last_name": "Only"}, {"displayname": "Only"}, {"company": "Only"}])
def test_nothing_but_the_folder_is_mandatory(contacts: Folder, fields: dict[str, Value]) -> None:
    found = contacts.load(contacts.create(**fields))

    assert {name: found[name] for name in fields} == fields


def test_a_contact_needs_a_folder(anna: OxUser) -> None:
    assert anna.try_write("contacts", last_name="x").outcome == ("409", "1004")


def test_the_default_address_is_always_there_and_0_without_one(contacts: Folder) -> None:
    assert contacts.load(contacts.create(last_name="x"))["defaultaddress"] == "0"


def test_a_contact_says_that_it_is_no_list(contacts: Folder) -> None:
    assert contacts.load(contacts.create(last_name="x"))["distributionlist_flag"] == "false"


def test_the_common_elements_come_before_the_status_and_the_fields(contacts: Folder) -> None:
    names = contacts.load(contacts.create(last_name="x", categories="Work", email1="x@example.org")).names

    assert names[:6] == ["created_by", "creation_time", "modified_by", "last_modified", "object_id", "folder_id"]
    status = names.index("object_status")
    assert {"categories", "private_flag"} <= set(names[:status])
    assert {"last_name", "email1", "defaultaddress", "distributionlist_flag"} <= set(names[status:])


def test_categories_are_written_twice(contacts: Folder) -> None:
    names = contacts.load(contacts.create(last_name="x", categories="Work, Home")).names

    assert names.count("categories") == 2


@pytest.mark.parametrize("sent", ["Work,Home", "Work, Home", " Work ,Home ", "Work,,Home,"])
def test_categories_are_names_between_commas(contacts: Folder, sent: str) -> None:
    found = contacts.load(contacts.create(last_name="x", categories=sent))

    assert found["categories"].replace(", ", ",") == "Work,Home"


@pytest.mark.parametrize("name", ["birthday", "anniversary"])
@pytest.mark.parametrize("day", ["1980-01-01", "1969-12-31", "1900-03-01", "1875-06-06", "2000-02-29", "2040-01-01"])
def test_a_day_is_midnight_in_utc_also_before_1970(contacts: Folder, name: str, day: str) -> None:
    found = contacts.load(contacts.create(last_name="x", **{name: ox.ms(day)}))

    assert found[name] == str(ox.ms(day))


def test_a_birthday_in_the_first_milliseconds_is_no_empty_one(contacts: Folder) -> None:
    assert contacts.load(contacts.create(last_name="x", birthday=0))["birthday"] == "0"


@pytest.mark.parametrize("value", ["tomorrow", "1980-01-01", "1.5", "99999999999999999999999"])
def test_a_day_that_is_none_is_refused(contacts: Folder, value: str) -> None:
    assert contacts.try_create(last_name="x", birthday=value).status in {"409", "500"}
    assert contacts.changes() == []


@pytest.mark.parametrize("value", ["no address", "a@", "@b", "a b@example.org"])
def test_a_malformed_address_is_refused_or_kept_but_never_changed(contacts: Folder, value: str) -> None:
    answer = contacts.try_create(last_name="x", email1=value)

    if answer.status == "200":
        assert contacts.load(answer)["email1"] == value
    else:
        assert answer.status in {"409", "500"}
        assert contacts.changes() == []


@pytest.mark.parametrize("value", [1, 2, 3])
def test_the_default_address_is_business_home_or_other(contacts: Folder, value: int) -> None:
    assert contacts.load(contacts.create(last_name="x", defaultaddress=value))["defaultaddress"] == str(value)


@pytest.mark.parametrize("value", ["-1", "4", "x", "2147483648"])
def test_any_other_default_address_is_refused_or_none(contacts: Folder, value: str) -> None:
    answer = contacts.try_create(last_name="x", defaultaddress=value)

    assert answer.status in {"200", "409", "500"}
    if answer.status == "200":
        assert contacts.load(answer)["defaultaddress"] == "0"


def test_color_labels_are_accepted_and_not_written(contacts: Folder) -> None:
    assert "color_label" not in contacts.load(contacts.create(last_name="x", color_label=3))


def test_obsolete_links_are_accepted(contacts: Folder) -> None:
    contacts.create(last_name="x", link_flag=False, links="", distributionlist_flag=False, distributionlist="")


# Pictures


def test_a_picture_comes_back_with_its_type_before_it(contacts: Folder) -> None:
    found = contacts.load(contacts.create(last_name="x", image_content_type="image/png", image1=PIXEL))

    assert base64.b64decode(found["image1"]) == base64.b64decode(PIXEL)
    assert found["image_content_type"] == "image/png"
    assert found.names.index("image_content_type") < found.names.index("image1")


def test_kde_calls_a_photograph_image_jpg(contacts: Folder) -> None:
    found = contacts.load(contacts.create(last_name="x", image_content_type="image/jpg", image1=PIXEL))

    assert found["image_content_type"].startswith("image/")
    assert base64.b64decode(found["image1"]) == base64.b64decode(PIXEL)


def test_white_space_inside_a_picture_is_accepted(contacts: Folder) -> None:
    folded = "\n".join(PIXEL[at : at + 20] for at in range(0, len(PIXEL), 20)) + "\r\n"

    found = contacts.load(contacts.create(last_name="x", image_content_type="image/png", image1=folded))

    assert base64.b64decode(found["image1"]) == base64.b64decode(PIXEL)


@pytest.mark.rule("6.image")
def test_an_absent_picture_is_kept_another_replaces_it_and_an_empty_one_removes_it(contacts: Folder) -> None:
    person = contacts.create(last_name="x", image_content_type="image/png", image1=PIXEL)

    person = contacts.update(person, nickname="x")
    assert contacts.load(person)["image1"]

    person = contacts.update(person, image_content_type="image/png", image1=OTHER_PIXEL)
    assert base64.b64decode(contacts.load(person)["image1"]) == base64.b64decode(OTHER_PIXEL)

    person = contacts.update(person, image1="")
    assert not {"image1", "image_content_type"} & set(contacts.load(person).names)


def test_an_empty_picture_in_a_new_contact_is_ignored(contacts: Folder) -> None:
    assert "image1" not in contacts.load(contacts.create(last_name="x", image1="", image_content_type="image/png"))


@pytest.mark.parametrize("text", ["not base64 !", "QUJD=QUJD", "data:image/png;base64,AAAA", "A"])
def test_a_picture_that_is_none_is_refused(contacts: Folder, text: str) -> None:
    answer = contacts.try_create(last_name="x", image_content_type="image/png", image1=text)

    assert answer.status in {"409", "500"}
    assert contacts.changes() == []


def test_a_picture_of_a_megabyte_survives(contacts: Folder) -> None:
    raw = base64.b64decode(PIXEL) + bytes(range(256)) * 4096

    person = contacts.create(last_name="x", image_content_type="image/png", image1=base64.b64encode(raw).decode())

    assert base64.b64decode(contacts.load(person)["image1"]) == raw


# Private contacts


@pytest.mark.rule("4.4.others")
def test_a_private_contact_is_hidden_from_others(anna: OxUser, ben: OxUser, title: str) -> None:
    shared = anna.make_folder("contact", title, ox.right(ben.id, "4/4/4/4"))
    person = shared.create(last_name="Secret", private_flag=True)
    bens = shared.seen_by(ben)

    assert bens.live() == bens.listed() == []
    assert bens.try_load(person).outcome == ("404", "1001")
    assert bens.try_update(person, last_name="Seen").outcome == ("404", "1001")
    assert bens.try_delete(person).outcome == ("404", "1001")
    assert shared.load(person)["last_name"] == "Secret"


def test_a_private_contact_cannot_be_in_a_public_folder(anna: OxUser, title: str) -> None:
    public = anna.make_folder("contact", title, parent=2)

    answer = public.try_create(last_name="Secret", private_flag=True)

    assert answer.status == "409"
    assert "CON-0171" in answer.description
