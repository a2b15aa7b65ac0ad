"""What a read may look like (OX reference, section 4.1)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import without
from tests.support.ox.client import Folder, OxUser

DAV_AND_OX = ox.NAMESPACES


@pytest.mark.parametrize("root", ["D:propfind", "D:multistatus", "D:anything", "ox:propfind"])
def test_the_root_of_a_read_may_have_any_name(anna: OxUser, root: str) -> None:
    query = ox.elements(lastsync=0, objectmode="LIST")
    (answer,) = anna.ask("PROPFIND", "folders", f"<{root} {DAV_AND_OX}><D:prop>{query}</D:prop></{root}>")

    assert answer["object_status"] == "LIST"


def test_the_root_of_a_read_may_have_no_namespace(anna: OxUser) -> None:
    query = ox.elements(lastsync=0, objectmode="LIST")

    assert anna.ask("PROPFIND", "folders", f"<query {DAV_AND_OX}><D:prop>{query}</D:prop></query>")


def test_any_prefixes_do(anna: OxUser) -> None:
    body = (
        '<propfind xmlns="DAV:"><prop><a:lastsync xmlns:a="http://www.open-xchange.org">0</a:lastsync>'
        '<objectmode xmlns="http://www.open-xchange.org">LIST</objectmode></prop></propfind>'
    )

    assert anna.ask("PROPFIND", "folders", body)


def test_the_prefixes_may_be_swapped(anna: OxUser) -> None:
    body = (
        '<ox:propfind xmlns:ox="DAV:" xmlns:D="http://www.open-xchange.org"><ox:prop>'
        "<D:lastsync>0</D:lastsync><D:objectmode>LIST</D:objectmode></ox:prop></ox:propfind>"
    )

    assert anna.ask("PROPFIND", "folders", body)


@pytest.mark.parametrize("declaration", ["", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="UTF-8"?>\r\n'])
def test_a_declaration_may_be_there_or_not(anna: OxUser, declaration: str) -> None:
    assert anna.ask("PROPFIND", "folders", declaration + ox.propfind(lastsync=0, objectmode="LIST"))


def test_a_request_may_come_in_latin_1_or_utf_16(contacts: Folder) -> None:
    for encoding in ("ISO-8859-1", "UTF-16"):
        body = ox.propertyupdate(ox.block(folder_id=contacts.id, last_name="Müller"))
        raw = f'<?xml version="1.0" encoding="{encoding}"?>{body}'.encode(encoding)

        (answer,) = contacts.user.ask("PROPPATCH", "contacts", raw)

        assert contacts.load(answer)["last_name"] == "Müller"


def test_the_first_prop_of_the_root_counts(contacts: Folder) -> None:
    person = contacts.create(last_name="First")
    first = ox.elements(folder_id=contacts.id, object_id=person.id)
    second = ox.elements(folder_id=contacts.id, object_id=999_999)
    body = f"<D:propfind {DAV_AND_OX}><D:prop>{first}</D:prop><D:prop>{second}</D:prop></D:propfind>"

    (answer,) = contacts.user.ask("PROPFIND", "contacts", body)

    assert answer.id == person.id


@pytest.mark.parametrize(
    "query",
    [
        {"objectmode": "MODIFIED"},
        {"objectmode": "NEW_AND_MODIFIED"},
        {"objectmode": "modified"},
        {"objectmode": " Modified , Deleted "},
        {"objectmode": "NEW_AND_MODIFIED,DELETED", "lastsync": 0},
        {"objectmode": "MODIFIED", "lastsync": ""},
        {"objectmode": "MODIFIED", "lastsync": "soon"},
        {"lastsync": 0},
        {"lastsync": 0, "objectmode": ""},
        {"lastsync": 0, "objectmode": " , "},
    ],
)
def test_these_ways_to_ask_for_a_change_list_are_understood(contacts: Folder, query: dict[str, str | int]) -> None:
    person = contacts.create(last_name="Asked")

    (answer,) = contacts.user.read("contacts", folder_id=contacts.id, **query)

    assert answer.id == person.id
    assert answer["object_status"] == "CREATE"


def test_deleted_alone_gives_deletions_only(contacts: Folder) -> None:
    kept, doomed = contacts.create(last_name="Kept"), contacts.create(last_name="Doomed")
    contacts.delete(doomed)

    (answer,) = contacts.changes(mode="DELETED")

    assert answer.id == doomed.id
    assert kept.id in contacts.live()


def test_modified_alone_gives_no_deletions(contacts: Folder) -> None:
    contacts.delete(contacts.create(last_name="Doomed"))

    assert contacts.changes(mode="MODIFIED") == []


def test_a_folder_without_changes_is_answered_by_no_response_at_all(contacts: Folder) -> None:
    assert contacts.changes() == []


@pytest.mark.parametrize("servlet", ["folders", "calendar", "contacts", "tasks"])
@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "no XML",
        "<a>",
        f"<D:propfind {DAV_AND_OX}/>",
        f"<D:propfind {DAV_AND_OX}><D:prop/></D:propfind>",
        f"<D:propfind {DAV_AND_OX}><D:prop><ox:folder_id>1</ox:folder_id></D:prop></D:propfind>",
        f"<D:propfind {DAV_AND_OX}><D:allprop/></D:propfind>",
        f"<D:propfind {DAV_AND_OX}><ox:prop><ox:lastsync>0</ox:lastsync></ox:prop></D:propfind>",
        "<propfind><prop><lastsync>0</lastsync></prop></propfind>",
        '<D:propfind xmlns:D="DAV:"><D:prop><lastsync>0</lastsync></D:prop></D:propfind>',
    ],
)
def test_a_read_that_asks_for_nothing_usable_is_a_bad_request(anna: OxUser, servlet: str, body: str) -> None:
    reply = anna.send("PROPFIND", servlet, body)

    assert reply.status == 400
    assert reply.body
    assert not reply.body.startswith(b"<")


@pytest.mark.parametrize("name", ["object_id", "folder_id"])
def test_a_number_that_is_none_is_a_bad_request(anna: OxUser, name: str) -> None:
    query = {"lastsync": "0", "objectmode": "MODIFIED"} if name == "folder_id" else {}

    reply = anna.send("PROPFIND", "contacts", ox.propfind(**{**query, name: "many"}))

    assert reply.status == 400
    assert name in reply.text


def test_an_unknown_mode_is_refused(contacts: Folder) -> None:
    reply = contacts.user.send(
        "PROPFIND", "contacts", ox.propfind(folder_id=contacts.id, lastsync=0, objectmode="MODIFIED,UNHEARD")
    )

    assert reply.status == 409
    assert "UNHEARD" in reply.text


def test_unknown_elements_and_subtrees_in_a_read_are_skipped(contacts: Folder) -> None:
    query = ox.elements(folder_id=contacts.id, lastsync=0, objectmode="LIST", unheard="x")
    tree = '<ox:deep><ox:folder_id>1</ox:folder_id></ox:deep><o:objectmode xmlns:o="urn:x">NO</o:objectmode>'
    body = f"<D:propfind {DAV_AND_OX}><D:prop>{tree}{query}{tree}</D:prop></D:propfind>"

    (answer,) = contacts.user.ask("PROPFIND", "contacts", body)

    assert answer["object_status"] == "LIST"


def test_comments_and_cdata_are_understood(contacts: Folder) -> None:
    person = contacts.create(last_name="Found")
    body = (
        f"<!-- before --><D:propfind {DAV_AND_OX}><D:prop><!-- in -->"
        f"<ox:folder_id><![CDATA[{contacts.id}]]></ox:folder_id>"
        "<ox:lastsync>0</ox:lastsync><ox:objectmode>MODI<!-- mid -->FIED</ox:objectmode></D:prop></D:propfind>"
    )

    (answer,) = contacts.user.ask("PROPFIND", "contacts", body)

    assert answer.id == person.id


def test_without_a_folder_all_readable_folders_of_the_module_are_read(
    anna: OxUser, contacts: Folder, tasks: Folder
) -> None:
    mine, other = contacts.create(last_name="Mine"), anna.default("contact").create(last_name="Default")
    foreign = tasks.create(title="A task")

    found = anna.read("contacts", lastsync=0, objectmode="MODIFIED")

    assert {mine.id, other.id} <= {one.id for one in found}
    assert foreign.id not in {one.id for one in found}
    assert {one["folder_id"] for one in found if one.id == mine.id} == {str(contacts.id)}


def test_a_folder_of_another_module_is_refused(anna: OxUser, contacts: Folder) -> None:
    reply = anna.send("PROPFIND", "tasks", ox.propfind(folder_id=contacts.id, lastsync=0, objectmode="MODIFIED"))

    assert reply.status in {400, 403, 409}


def test_an_unknown_folder_is_refused_like_an_invisible_one(anna: OxUser, ben: OxUser, contacts: Folder) -> None:
    replies = [
        ben.send("PROPFIND", "contacts", ox.propfind(folder_id=id_, lastsync=0, objectmode="MODIFIED"))
        for id_ in (contacts.id, 99_999_999)
    ]

    assert [reply.status for reply in replies] == [403, 403]
    assert without(contacts.id, replies[0].text) == without(99_999_999, replies[1].text)
