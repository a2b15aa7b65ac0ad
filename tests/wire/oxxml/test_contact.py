"""Contacts and distribution lists."""

import base64
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.model.errors import Invalid, Missing
from passerelle.model.fields import CONTACT_ORDER, Field
from passerelle.model.ids import AttachmentId, FolderId, ItemId, Stamp, UserId
from passerelle.model.items import Contact, DistributionList, ForeignProperty, Item, Member, Photo
from passerelle.model.moments import from_milliseconds
from passerelle.model.patch import apply, difference
from passerelle.model.records import Attachment, ItemRecord
from passerelle.wire.oxxml import contact
from passerelle.wire.oxxml.common import AttachmentEntry, header
from tests.strategies import contacts, distribution_lists, records
from tests.wire.oxxml.wire import elements, names, received, sent

CREATED = from_milliseconds(1300000100000)


def record(item: Item, *files: Attachment) -> ItemRecord:
    return ItemRecord(
        id=ItemId(801),
        folder=FolderId(32),
        item=item,
        created_by=UserId(3),
        created=CREATED,
        modified_by=UserId(3),
        stamp=Stamp(1300000100000),
        attachments=files,
    )


def test_a_contact_is_written_in_the_order_of_the_reference() -> None:
    ida = Contact(
        last_name="Meyer",
        first_name="Ida",
        birthday=date(1980, 1, 1),
        display_name="Meyer, Ida",
        email1="ida@example.org",
    )
    assert contact.encode(record(ida)).decode() == (
        "<ox:created_by>3</ox:created_by><ox:creation_time>1300000100000</ox:creation_time>"
        "<ox:modified_by>3</ox:modified_by><ox:last_modified>1300000100000</ox:last_modified>"
        "<ox:object_id>801</ox:object_id><ox:folder_id>32</ox:folder_id><ox:private_flag>false</ox:private_flag>"
        "<ox:object_status>CREATE</ox:object_status><ox:last_name>Meyer</ox:last_name>"
        "<ox:first_name>Ida</ox:first_name><ox:displayname>Meyer, Ida</ox:displayname>"
        "<ox:defaultaddress>0</ox:defaultaddress><ox:birthday>315532800000</ox:birthday>"
        "<ox:email1>ida@example.org</ox:email1><ox:distributionlist_flag>false</ox:distributionlist_flag>"
    )


def test_categories_stand_in_a_contact_twice_as_java_has_them() -> None:
    found = names(contact.encode(record(Contact(categories=("a", "b"), note="n"))))
    assert found.count("categories") == 2
    assert contact.item(received(contact.encode(record(Contact(categories=("a", "b")))))).categories == ("a", "b")


def _value(field: Field) -> object:
    """A value of the kind that a row of the table holds."""
    return {"date": date(1979, 8, 7), "number": 2, "yes or no": True}.get(field.type.value, f"{field.name} <&> value")


DIRECT = [field for field in CONTACT_ORDER if field.direct]


@pytest.mark.parametrize("field", [field for field in DIRECT if field.answered], ids=lambda field: field.ox_element)
def test_each_row_of_the_table_is_carried_to_the_client(field: Field) -> None:
    one = Contact(**{field.name: _value(field)})  # type: ignore[arg-type]
    said = received(contact.encode(record(one)))
    assert field.ox_element in said
    assert contact.item(said) == one


@pytest.mark.parametrize("field", DIRECT, ids=lambda field: field.ox_element)
def test_each_row_of_the_table_is_carried_to_the_server_and_can_be_cleared(field: Field) -> None:
    one = Contact(**{field.name: _value(field)})  # type: ignore[arg-type]
    assert apply(Contact(), contact.patch(sent(contact.properties(one, {field.name})), Contact())) == one
    assert apply(one, contact.patch(elements(f"<ox:{field.ox_element}/>"), one)) == Contact()


@pytest.mark.parametrize("number", range(1, 21))
def test_each_user_field_is_carried_alone(number: int) -> None:
    one = Contact(user_fields=(*[None] * (number - 1), "x"))
    said = received(contact.encode(record(one)))
    assert said.text(f"userfield{number:02}") == "x"
    assert contact.item(said) == one


def test_a_user_field_can_be_changed_without_the_others() -> None:
    one = Contact(user_fields=("a", None, "c"))
    assert contact.patch(elements("<ox:userfield02>b</ox:userfield02>"), one) == {"user_fields": ("a", "b", "c")}
    assert contact.patch(elements("<ox:userfield03/>"), one) == {"user_fields": ("a",)}


def test_the_type_of_a_picture_stands_before_it() -> None:
    one = Contact(photo=Photo("image/png", b"picture"))
    found = names(contact.encode(record(one)))
    assert found.index("image_content_type") == found.index("image1") - 1
    assert contact.item(received(contact.encode(record(one)))) == one


def test_white_space_in_base64_and_kde_s_jpg_are_tolerated() -> None:
    text = base64.encodebytes(b"\xff\xd8\xff" * 40).decode()
    said = elements(f"<ox:image_content_type>image/jpg</ox:image_content_type><ox:image1>\n {text}</ox:image1>")
    assert contact.patch(said, None)["photo"] == Photo("image/jpeg", b"\xff\xd8\xff" * 40)


def test_an_empty_picture_deletes_on_update_and_means_nothing_on_create() -> None:
    assert contact.patch(elements("<ox:image1/>"), Contact(photo=Photo("image/png", b"x"))) == {"photo": None}
    assert contact.patch(elements("<ox:image1/>"), None) == {}


def test_a_picture_without_type_is_recognised_or_refused() -> None:
    png = base64.b64encode(b"\x89PNG\r\n").decode()
    assert contact.patch(elements(f"<ox:image1>{png}</ox:image1>"), None)["photo"] == Photo("image/png", b"\x89PNG\r\n")
    with pytest.raises(Missing) as caught:
        contact.patch(elements("<ox:image1>AAAA</ox:image1>"), None)
    assert caught.value.code == "CON-0170"


def test_a_picture_that_is_no_base64_is_refused() -> None:
    with pytest.raises(Invalid, match="base64"):
        contact.patch(elements("<ox:image1>not base64!</ox:image1>"), None)


@pytest.mark.parametrize(
    ("inner", "field"),
    [
        ("<ox:birthday>tomorrow</ox:birthday>", "birthday"),
        ("<ox:birthday>999999999999999999</ox:birthday>", "birthday"),
        ("<ox:birthday>99999999999999999999999</ox:birthday>", "birthday"),
        ("<ox:defaultaddress>4</ox:defaultaddress>", "defaultaddress"),
        ("<ox:color_label>-1</ox:color_label>", "color_label"),
    ],
)
def test_a_malformed_value_is_refused_by_the_name_of_its_element(inner: str, field: str) -> None:
    with pytest.raises(Invalid, match=field):
        contact.patch(elements(inner), Contact())


def test_birthdays_before_1970_are_negative() -> None:
    assert contact.patch(elements("<ox:birthday>-412214400000</ox:birthday>"), None)["birthday"] == date(1956, 12, 9)


def test_line_breaks_in_notes_survive() -> None:
    one = Contact(note="one\r\ntwo\n\n three ")
    assert contact.item(received(contact.encode(record(one)))) == one


def test_characters_that_xml_cannot_carry_are_left_out() -> None:
    said = received(contact.encode(record(Contact(note="a\x00b\x0bc\ud800d\ufffee"))))
    assert said.text("note") == "abcde"


def test_a_formatted_note_survives_an_unchanged_plain_one() -> None:
    one = Contact(note="one\r\ntwo", note_html="<p>one<p>two", last_name="x")
    assert contact.patch(elements("<ox:note>one\ntwo</ox:note><ox:last_name>y</ox:last_name>"), one) == {
        "last_name": "y"
    }
    assert contact.patch(elements("<ox:note>two</ox:note>"), one) == {"note": "two", "note_html": None}
    assert contact.patch(elements("<ox:note/>"), one) == {"note": None, "note_html": None}


def test_kde_s_empty_elements_clear() -> None:
    one = Contact(prefix="Dr.", birthday=date(1980, 1, 1), categories=("a",))
    said = elements("<ox:title/><ox:birthday/><ox:categories/><ox:spouse_name/>")
    assert apply(one, contact.patch(said, one)) == Contact()


def test_a_category_with_a_comma_is_not_torn_apart_by_a_client_that_does_not_touch_it() -> None:
    one = Contact(categories=("a, b", "c"))
    assert contact.patch(elements("<ox:categories>a, b, c</ox:categories>"), one) == {}
    assert contact.patch(elements("<ox:categories>a,d</ox:categories>"), one) == {"categories": ("a", "d")}


def test_attachments_are_listed_with_their_url_encoded_names() -> None:
    file = Attachment(
        id=AttachmentId(15), name="notes ä.txt", media_type="text/plain", size=5, created=CREATED, digest="0", rtf=True
    )
    text = contact.encode(record(Contact(), file)).decode()
    assert text.startswith(
        '<ox:attachments><ox:attachment ox:id="15" ox:last_modified="1300000100000" ox:mimetype="text/plain"'
        ' ox:rtf_flag="true">notes+%C3%A4.txt</ox:attachment></ox:attachments>'
    )
    (entry,) = header(received(text.encode())).attachments
    assert entry == AttachmentEntry(
        id=AttachmentId(15), name="notes ä.txt", media_type="text/plain", created=CREATED, rtf=True
    )


def test_an_answer_tells_who_made_the_object_when_and_where() -> None:
    about = header(received(contact.encode(record(Contact()))))
    assert (about.id, about.folder, about.stamp, about.created_by, about.modified_by, about.created) == (
        801, 32, 1300000100000, 3, 3, CREATED,
    )  # fmt: skip


# Distribution lists

FRIENDS = DistributionList(
    last_name="Friends",
    members=(
        Member(mail="zoe@example.org", name="Zoe"),
        Member(mail="ida@example.org", name="Ida", contact=801, folder=32, email_field=1),
    ),
)


def test_a_list_names_its_members_with_the_contacts_they_stand_for() -> None:
    text = contact.encode(record(FRIENDS)).decode()
    assert text.endswith(
        "<ox:distributionlist_flag>true</ox:distributionlist_flag><ox:distributionlist>"
        '<ox:email ox:id="0" ox:folder_id="0" ox:displayname="Zoe" ox:emailfield="0">zoe@example.org</ox:email>'
        '<ox:email ox:id="801" ox:folder_id="32" ox:displayname="Ida" ox:emailfield="1">ida@example.org</ox:email>'
        "</ox:distributionlist>"
    )
    assert contact.item(received(text.encode())) == FRIENDS


def test_a_missing_name_is_replaced_by_the_address_in_answers_only() -> None:
    one = DistributionList(members=(Member(mail="zoe@example.org"),))
    said = received(contact.encode(record(one)))
    assert contact.item(said) == DistributionList(members=(Member(mail="zoe@example.org", name="zoe@example.org"),))
    assert "members" not in contact.patch(said, one)


def test_kde_makes_a_list_with_the_flag_or_without_members() -> None:
    one = contact.item(
        elements("<ox:displayname>x</ox:displayname><ox:distributionlist_flag>true</ox:distributionlist_flag>")
    )
    assert one == DistributionList(display_name="x")
    inner = '<ox:distributionlist><ox:email ox:emailfield="0">a@b.example</ox:email></ox:distributionlist>'
    assert contact.item(elements(inner)) == DistributionList(members=(Member(mail="a@b.example"),))


def test_members_replace_the_whole_list_and_can_all_be_taken_out() -> None:
    assert contact.patch(elements("<ox:distributionlist/>"), FRIENDS) == {"members": ()}
    assert contact.patch(elements("<ox:last_name>F</ox:last_name>"), FRIENDS) == {"last_name": "F"}


def test_a_contact_that_is_given_members_becomes_a_list() -> None:
    inner = '<ox:distributionlist><ox:email ox:emailfield="0">a@b.example</ox:email></ox:distributionlist>'
    assert contact.patch(elements(inner), Contact()) == {"members": (Member(mail="a@b.example"),)}
    assert contact.patch(elements("<ox:distributionlist/>"), Contact()) == {}


@pytest.mark.parametrize(
    ("entry", "kind"),
    [
        ("<ox:email>a@b.example</ox:email>", Missing),
        ('<ox:email emailfield="0">a@b.example</ox:email>', Missing),
        ('<ox:email ox:emailfield="4">a@b.example</ox:email>', Invalid),
        ('<ox:email ox:emailfield="1" ox:id="x">a@b.example</ox:email>', Invalid),
        ('<ox:phone ox:emailfield="0">1</ox:phone>', Invalid),
    ],
)
def test_a_malformed_entry_is_refused(entry: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        contact.item(elements(f"<ox:distributionlist>{entry}</ox:distributionlist>"))


# Round trips


@given(contacts() | distribution_lists())
def test_what_such_a_client_writes_arrives_whole(one: Contact) -> None:
    assert contact.item(sent(contact.properties(one, extended=True))) == one


@given(st.data())
def test_others_lose_nothing_that_the_interface_can_say(data: st.DataObject) -> None:
    one = data.draw(contacts(plain=True) | distribution_lists(plain=True))
    assert contact.item(received(contact.encode(data.draw(records(one))))) == one
    assert contact.item(sent(contact.properties(one))) == one


@settings(max_examples=40)
@given(contacts(), contacts(), st.booleans())
def test_an_update_turns_the_one_into_the_other(before: Contact, after: Contact, plain: bool) -> None:
    changed = difference(before, after)
    said = sent(contact.properties(after, changed, extended=not plain))
    reached = apply(before, contact.patch(said, before))
    if plain:
        reached = contact.item(received(contact.encode(record(reached))))
        after = contact.item(received(contact.encode(record(after))))
    assert reached == after


@given(contacts() | distribution_lists())
def test_sending_back_what_was_received_changes_nothing(one: Contact) -> None:
    assert apply(one, contact.patch(received(contact.encode(record(one))), one)) == one


@pytest.mark.parametrize(
    "text",
    ["[]", "{", '{"note_html": 5}', '{"user_fields": [1]}', '{"birthday": "yesterday"}', "null"],
)
def test_a_malformed_extension_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        contact.patch(elements(f'<p:item xmlns:p="urn:passerelle:ox">{text}</p:item>'), Contact())


def test_what_no_element_says_travels_in_the_extension() -> None:
    one = Contact(uid="u", note_html="<b>", foreign=(ForeignProperty("vcard", "X-A", "X-A:1"),), color_label=3)
    plain = contact.item(received(contact.encode(record(one))))
    assert plain == Contact()
    assert contact.item(sent(contact.properties(one, extended=True))) == one
