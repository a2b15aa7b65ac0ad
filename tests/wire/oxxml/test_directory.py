"""The directory: one response with a shape of its own, streamed on both sides."""

from collections.abc import Iterable

import pytest

from passerelle.model.errors import Unreadable
from passerelle.model.ids import GroupId, ItemId, ResourceId, Stamp, UserId
from passerelle.model.items import Contact
from passerelle.model.principals import Group, Resource, User
from passerelle.wire.oxxml import answers, directory
from passerelle.wire.oxxml.directory import DirectoryReader, Entry, Person

ANTON = User(
    id=UserId(3),
    login="anton",
    display_name="Anton",
    last_name="Anton",
    email="anton@ox.example",
    zone="Europe/Vienna",
    locale="de",
    contact=ItemId(12),
    stamp=Stamp(1290000000000),
)
TEAM = Group(
    id=GroupId(4), name="team", display_name="Team <1>", members=(UserId(3), UserId(5)), stamp=Stamp(1290000000000)
)
ROOM = Resource(
    id=ResourceId(2), name="room", display_name="Room", email="room@ox.example", description="10 seats", stamp=Stamp(5)
)


def whole(
    users: Iterable[bytes] | None = None,
    groups: Iterable[bytes] | None = None,
    resources: Iterable[bytes] | None = None,
) -> bytes:
    return answers.opening("1", "x") + b"".join(directory.answer(users, groups, resources)) + answers.CLOSE


def read(body: bytes) -> list[Entry]:
    reader = DirectoryReader()
    found = [one for at in range(0, len(body), 7) for one in reader.feed(body[at : at + 7])]
    reader.close()
    return found


def test_the_answer_is_that_of_the_reference() -> None:
    user = directory.user(ANTON, None, [GroupId(0), GroupId(4)], is_me=True)
    group = directory.group(TEAM)
    assert whole([user], [group]).decode().split("\n", 2)[2] == (
        '<D:response xmlns:ox="http://www.open-xchange.org"><D:propstat><D:prop><ox:users><ox:user><ox:uid>3</ox:uid>'
        "<ox:object_id>12</ox:object_id><ox:folder_id>6</ox:folder_id>"
        '<ox:email1 isInternal="true">anton@ox.example</ox:email1><ox:last_modified>1290000000000</ox:last_modified>'
        "<ox:memberingroups><ox:member>0</ox:member><ox:member>4</ox:member></ox:memberingroups>"
        "<ox:myidentity>true</ox:myidentity><ox:context_id>1</ox:context_id><ox:object_status>CREATE</ox:object_status>"
        "<ox:last_name>Anton</ox:last_name><ox:displayname>Anton</ox:displayname>"
        "<ox:defaultaddress>0</ox:defaultaddress></ox:user></ox:users>"
        "<ox:groups><ox:group><ox:object_status>CREATE</ox:object_status><ox:objectstatus>CREATE</ox:objectstatus>"
        "<ox:uid>4</ox:uid><ox:last_modified>1290000000000</ox:last_modified>"
        "<ox:displayname>Team &lt;1&gt;</ox:displayname>"
        "<ox:members><ox:memberuid>3</ox:memberuid><ox:memberuid>5</ox:memberuid></ox:members></ox:group></ox:groups>"
        "</D:prop></D:propstat><D:status>HTTP/1.1 200 OK</D:status>"
        "<D:responsedescription>HTTP/1.1 200 OK</D:responsedescription></D:response>\n</D:multistatus>\n"
    )


def test_kinds_that_were_not_asked_for_are_left_out() -> None:
    assert b"users" not in whole(groups=[])
    assert b"<ox:groups></ox:groups>" in whole(groups=[])


def test_a_deleted_user_is_a_stub() -> None:
    gone = User(id=UserId(3), login="anton", display_name="Anton", contact=ItemId(12), deleted=True)
    assert directory.user(gone, None, [], is_me=False) == (
        b"<ox:user><ox:uid>3</ox:uid><ox:object_id>12</ox:object_id><ox:object_status>DELETE</ox:object_status></ox:user>"
    )


def test_a_user_brings_the_fields_of_the_address_book_along() -> None:
    entry = Contact(last_name="Anton", display_name="Anton", email1="old@ox.example", phone_business="+43 1")
    (person,) = read(whole([directory.user(ANTON, entry, [GroupId(0)], is_me=False)]))
    assert isinstance(person, Person)
    assert person.contact == Contact(
        last_name="Anton", display_name="Anton", email1="anton@ox.example", phone_business="+43 1"
    )
    assert (person.is_me, person.context, person.groups) == (False, None, (0,))


def test_everything_reads_back_between_peers_that_know_the_extension() -> None:
    body = whole(
        [directory.user(ANTON, None, [GroupId(0), GroupId(4)], is_me=True, context=7, extended=True)],
        [directory.group(TEAM, extended=True)],
        [directory.resource(ROOM, extended=True)],
    )
    person, group, resource = read(body)
    assert isinstance(person, Person)
    assert (person.user, person.is_me, person.context, person.groups) == (ANTON, True, 7, (0, 4))
    assert (group, resource) == (TEAM, ROOM)


def test_plain_answers_leave_out_what_the_interface_cannot_say() -> None:
    person, group = read(whole([directory.user(ANTON, None, [], is_me=False)], [directory.group(TEAM)]))
    assert isinstance(person, Person)
    assert (person.user.login, person.user.zone) == ("", "UTC")
    assert isinstance(group, Group)
    assert (group.name, group.members) == ("", (3, 5))


@pytest.mark.parametrize("body", [b"<oops", b"<a><b></a>", whole([b"<ox:user><ox:uid>x</ox:uid></ox:user>"])])
def test_an_answer_that_is_none_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        read(body)
