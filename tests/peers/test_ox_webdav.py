"""The OX conversation, scripted: what we ask, and what we make of answers of servers of any age."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime

import httpx2
import pytest

from passerelle.model.errors import Contradiction, Forbidden, NotFound, Refused, Stale, Unreachable, Unreadable
from passerelle.model.folders import Module, Right, Rights
from passerelle.model.items import Appointment, Contact, Task
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer
from passerelle.model.principals import PrincipalKind
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.base import (
    Anchor,
    ChangeOccurrence,
    Confirm,
    Create,
    Delete,
    FolderDraft,
    FolderEdit,
    Gone,
    Move,
    Place,
    Reached,
    RemoteId,
    RemoteItem,
    Root,
    Spot,
    TooLarge,
    Unread,
    Update,
    Version,
)
from passerelle.peers.ox_webdav import Connection, OxWebDav

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
CONTACTS = Place(RemoteId("32"), Module.CONTACTS)
CALENDAR = Place(RemoteId("31"), Module.CALENDAR)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\r\n<D:multistatus xmlns:D="DAV:" version="6.20.0" buildname="Old">'


class Script:
    """A server that gives one answer and remembers what it was asked."""

    def __init__(self, *responses: str, date_: datetime | None = None) -> None:
        self.asked: list[httpx2.Request] = []
        self._body = HEAD + "".join(responses) + "</D:multistatus>"
        self._date = date_
        self.peer = OxWebDav(
            Connection("https://ox.example.org", "anton", "secret", transport=httpx2.MockTransport(self._answer)),
            "Europe/Berlin",
        )

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        headers = {} if self._date is None else {"Date": format_datetime(self._date, usegmt=True)}
        return httpx2.Response(207, content=self._body.encode(), headers=headers)

    @property
    def body(self) -> str:
        return self.asked[-1].content.decode()


def response(prop: str, status: str = "200", description: str = "OK", href: str = "0") -> str:
    return (
        f'<D:response xmlns:ox="http://www.open-xchange.org"><D:href>{href}</D:href><D:propstat><D:prop>{prop}</D:prop>'
        f"<D:status>{status}</D:status><D:responsedescription>{description}</D:responsedescription></D:propstat>"
        "</D:response>"
    )


def contact(number: int, stamp: int, name: str = "Meyer") -> str:
    return response(
        f"<ox:object_id>{number}</ox:object_id><ox:folder_id>32</ox:folder_id><ox:last_modified>{stamp}</ox:last_modified>"
        f"<ox:object_status>CREATE</ox:object_status><ox:last_name>{name}</ox:last_name>",
        href=str(number),
    )


def stub(number: int, stamp: int) -> str:
    return response(
        f"<ox:object_id>{number}</ox:object_id><ox:last_modified>{stamp}</ox:last_modified>"
        "<ox:object_status>DELETE</ox:object_status>"
    )


def test_a_change_list_is_asked_for_with_lastsync_and_objectmode() -> None:
    script = Script()
    list(script.peer.changes(CONTACTS, Anchor("1234")))
    assert script.asked[0].method == "PROPFIND"
    assert script.asked[0].url.path == "/servlet/webdav.contacts"
    assert "<ox:folder_id>32</ox:folder_id>" in script.body
    assert "<ox:lastsync>1234</ox:lastsync>" in script.body
    assert "DELETED" in script.body
    assert "NEW_AND_MODIFIED" in script.body
    assert "extended" in script.body


def test_the_first_list_asks_for_no_deletions() -> None:
    script = Script()
    assert list(script.peer.changes(CONTACTS, None)) == [Reached(Anchor("0"), complete=True)]
    assert "DELETED" not in script.body


@pytest.mark.parametrize(
    ("server", "is_wanted"),
    [("https://ox.example.org", True), ("http://127.0.0.1:8080", False), ("http://[::1]", False)],
)
def test_answers_are_wanted_compressed_unless_the_server_is_on_the_same_machine(
    server: str, *, is_wanted: bool
) -> None:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(207, content=(HEAD + "</D:multistatus>").encode())

    peer = OxWebDav(Connection(server, "anton", "secret", transport=httpx2.MockTransport(answer)))
    list(peer.changes(CONTACTS, None))
    assert ("gzip" in asked[0].headers["Accept-Encoding"]) is is_wanted


def test_items_and_deletions_are_told_apart_and_the_anchor_is_one_before_the_latest() -> None:
    script = Script(stub(801, 1000), contact(802, 2000))
    gone, item, reached = script.peer.changes(CONTACTS, Anchor("500"))
    assert gone == Gone(RemoteId("contact/801"))
    assert isinstance(item, RemoteItem)
    assert (item.id, item.version, item.item) == ("contact/802", "2000", Contact(last_name="Meyer"))
    assert reached == Reached(Anchor("1999"))


def compressed(*responses: str, cut: int | None = None) -> OxWebDav:
    """A server whose answer is compressed, and ends too early where it is cut."""
    body = gzip.compress((HEAD + "".join(responses) + "</D:multistatus>").encode())[:cut]
    answer = httpx2.Response(207, content=body, headers={"Content-Encoding": "gzip"})
    transport = httpx2.MockTransport(lambda _request: answer)
    return OxWebDav(Connection("https://ox.example.org", "anton", "secret", transport=transport))


def test_a_compressed_list_is_read_and_not_taken_for_a_whole_one_where_it_was_cut_off() -> None:
    many = [contact(number, number) for number in range(1, 500)]
    assert len(list(compressed(*many).changes(CONTACTS, None))) == 500
    with pytest.raises((Unreachable, Unreadable)):
        list(compressed(*many, cut=1000).changes(CONTACTS, None))


def test_deletions_move_the_anchor_up_to_a_minute_before_the_servers_present() -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    stamp = int(now.timestamp() * 1000)
    old = Script(stub(801, stamp - 3_600_000), date_=now)
    assert list(old.peer.changes(CONTACTS, Anchor("5")))[-1] == Reached(Anchor(str(stamp - 3_600_001)))
    fresh = Script(stub(801, stamp), date_=now)
    assert list(fresh.peer.changes(CONTACTS, Anchor("5")))[-1] == Reached(Anchor(str(stamp - 60_001)))
    silent = Script(stub(801, stamp))
    assert list(silent.peer.changes(CONTACTS, Anchor("5")))[-1] == Reached(Anchor("5"))


def test_an_item_that_cannot_be_read_hinders_no_other() -> None:
    bad = response(
        "<ox:object_id>7</ox:object_id><ox:birthday>soon</ox:birthday><ox:object_status>CREATE</ox:object_status>"
    )
    broken = response("", "500", "[1500] cannot be serialised")
    unread, failed, item, _ = Script(bad, broken, contact(802, 2000)).peer.changes(CONTACTS, None)
    assert isinstance(unread, Unread)
    assert unread.id == "contact/7"
    assert isinstance(failed, Unread)
    assert failed.id is None
    assert isinstance(item, RemoteItem)


def test_an_answer_that_breaks_off_reaches_nothing() -> None:
    script = Script(contact(802, 2000))
    script._body = script._body[:-20]
    with pytest.raises(Unreadable):
        list(script.peer.changes(CONTACTS, None))


def test_a_list_of_all_ids_in_a_change_list_makes_it_complete() -> None:
    listing = response("<ox:object_status>LIST</ox:object_status><ox:object_list><ox:id>802</ox:id></ox:object_list>")
    *_, reached = Script(contact(802, 2000), listing).peer.changes(CONTACTS, Anchor("5"))
    assert reached == Reached(Anchor("1999"), complete=True)
    assert Script(listing).peer.ids(CONTACTS) == {"contact/802"}


def test_a_change_exception_names_its_series_and_its_day() -> None:
    day = int(datetime(2026, 3, 9, tzinfo=UTC).timestamp() * 1000)
    start = int(START.timestamp() * 1000)
    prop = (
        f"<ox:object_id>901</ox:object_id><ox:recurrence_id>900</ox:recurrence_id><ox:last_modified>5</ox:last_modified>"
        f"<ox:recurrence_date_position>{day}</ox:recurrence_date_position><ox:start_date>{start}</ox:start_date>"
        f"<ox:end_date>{start + 3600000}</ox:end_date><ox:title>Moved</ox:title>"
    )
    item, _ = Script(response(prop)).peer.changes(CALENDAR, None)
    assert isinstance(item, RemoteItem)
    assert (item.master, item.day) == ("calendar/900", date(2026, 3, 9))
    assert isinstance(item.item, Appointment)
    assert isinstance(item.item.when, Timed)
    assert item.item.when.zone == "Europe/Berlin"


def test_folders_hang_where_they_hang() -> None:
    def folder(number: int, parent: int, type_: str, module: str = "calendar") -> str:
        return response(
            f"<ox:title>F{number}</ox:title><ox:owner>3</ox:owner><ox:module>{module}</ox:module><ox:type>{type_}</ox:type>"
            f"<ox:last_modified>70</ox:last_modified><ox:object_id>{number}</ox:object_id><ox:folder_id>{parent}</ox:folder_id>"
            '<ox:permissions><ox:user ox:folderpermission="8" ox:objectreadpermission="4" ox:objectwritepermission="2"'
            ' ox:objectdeletepermission="0" ox:admin_flag="true">3</ox:user></ox:permissions>'
        )

    script = Script(
        response("<ox:object_id>40</ox:object_id><ox:object_status>DELETE</ox:object_status>"),
        folder(31, 1, "private"),
        folder(41, 31, "private"),
        folder(50, 3, "shared"),
        folder(60, 2, "public"),
        folder(6, 2, "public", "contact"),
        folder(9, 0, "public", "infostore"),
    )
    found = script.peer.folders(Anchor("5"))
    assert found.gone == ("40",)
    assert [one.spot for one in found.changed] == [
        Spot(root=Root.PRIVATE),
        Spot(root=Root.PRIVATE, parent=RemoteId("31")),
        Spot(root=Root.SHARED),
        Spot(root=Root.PUBLIC),
        Spot(root=Root.PUBLIC),
    ]
    assert [one.everybody for one in found.changed] == [False, False, False, False, True]
    levels = Rights(folder=8, read=4, write=2, delete=0, admin=True)
    assert found.changed[0].rights == (Right(kind=PrincipalKind.USER, principal=3, rights=levels),)
    assert (found.anchor, found.complete) == ("69", False)


DIRECTORY = (
    '<D:response xmlns:ox="http://www.open-xchange.org"><D:propstat><D:prop><ox:users>'
    "<ox:user><ox:uid>2</ox:uid><ox:displayname>Admin</ox:displayname><ox:last_modified>10</ox:last_modified></ox:user>"
    "<ox:user><ox:uid>3</ox:uid><ox:displayname>Anton</ox:displayname><ox:last_modified>20</ox:last_modified>{me}</ox:user>"
    "</ox:users><ox:groups><ox:group><ox:uid>4</ox:uid><ox:displayname>Team</ox:displayname>"
    "<ox:members><ox:memberuid>3</ox:memberuid></ox:members></ox:group></ox:groups></D:prop></D:propstat>"
    "<D:status>HTTP/1.1 200 OK</D:status></D:response>"
)


def test_we_are_the_user_marked_as_oneself() -> None:
    script = Script(DIRECTORY.format(me="<ox:myidentity>true</ox:myidentity>"))
    identity = script.peer.identify()
    assert (identity.user, identity.display_name, identity.server) == (3, "Anton", "Open-Xchange")


def test_the_directory_comes_with_groups_and_their_members() -> None:
    script = Script(DIRECTORY.format(me="<ox:myidentity>true</ox:myidentity>"))
    found = script.peer.directory(None)
    assert found.me == 3
    assert [user.id for user in found.users] == [2, 3]
    assert found.groups[0].members == (3,)
    script.peer.directory(found.anchor)
    assert "<ox:lastsync>19</ox:lastsync>" in script.body


def test_each_operation_is_one_block_and_has_its_own_result() -> None:
    script = Script(
        response(
            "<ox:object_id>803</ox:object_id><ox:last_modified>77</ox:last_modified><ox:client_id>a</ox:client_id>",
            description="[1200] OK",
        ),
        response("<ox:object_id>802</ox:object_id><ox:client_id>b</ox:client_id>", "409", "[1000] changed"),
        response("<ox:object_id>0</ox:object_id><ox:client_id>c</ox:client_id>", "403", "[CON-0104] no right"),
        response("<ox:object_id>0</ox:object_id><ox:client_id>d</ox:client_id>", "404", "[1001] not there"),
    )
    item = Contact(last_name="Roth", email1=None, first_name="Ida")
    created, stale, forbidden, missing = script.peer.write(
        CONTACTS,
        [
            Create(token="a", item=item),
            Update(
                token="b", id=RemoteId("contact/802"), version=Version("55"), item=item, fields=frozenset({"email1"})
            ),
            Move(token="c", id=RemoteId("contact/804"), version=Version("56"), destination=RemoteId("60")),
            Delete(token="d", id=RemoteId("contact/805"), version=Version("57")),
        ],
    )
    assert (created.id, created.version, created.error) == ("contact/803", "77", None)
    assert isinstance(stale.error, Stale)
    assert isinstance(forbidden.error, Forbidden)
    assert forbidden.error.code == "CON-0104"
    assert isinstance(missing.error, NotFound)
    assert script.asked[0].method == "PROPPATCH"
    _, create, update, move, delete = script.body.split("<D:set>")
    assert "<ox:last_name>Roth</ox:last_name>" in create
    assert "object_id" not in create
    assert "<ox:last_modified>55</ox:last_modified>" in update
    assert "<ox:email1" in update
    assert "last_name" not in update
    assert "<ox:folder>60</ox:folder>" in move
    assert "<ox:method>DELETE</ox:method>" in delete


def test_an_update_repeats_recurrence_and_reminder() -> None:
    script = Script(response("<ox:object_id>900</ox:object_id><ox:last_modified>78</ox:last_modified>"))
    item = Appointment(
        when=Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin"),
        title="Jour fixe",
        alarm=15,
        recurrence=Recurrence(rules=(Rule(frequency=Frequency.WEEKLY),)),
    )
    update = Update(
        token="1", id=RemoteId("calendar/900"), version=Version("5"), item=item, fields=frozenset({"title"})
    )
    (result,) = script.peer.write(CALENDAR, [update])
    assert result.version == "78"
    assert "<ox:recurrence_type>weekly</ox:recurrence_type>" in script.body
    assert "<ox:alarm_flag>true</ox:alarm_flag>" in script.body


def test_an_occurrence_is_changed_by_its_day_and_an_invitation_answered() -> None:
    script = Script(
        response(
            "<ox:object_id>901</ox:object_id><ox:last_modified>78</ox:last_modified><ox:client_id>1</ox:client_id>"
        ),
        response("<ox:object_id>902</ox:object_id><ox:client_id>2</ox:client_id>"),
    )
    key = START + timedelta(weeks=1)
    item = Appointment(when=Timed(start=key, end=key + timedelta(hours=2)), title="Longer", recurrence_id=key)
    changed, confirmed = script.peer.write(
        CALENDAR,
        [
            ChangeOccurrence(
                token="1",
                master=RemoteId("calendar/900"),
                version=Version("5"),
                day=key.date(),
                item=item,
                fields=frozenset({"when", "title"}),
            ),
            Confirm(token="2", id=RemoteId("calendar/902"), answer=Answer.TENTATIVE, message="maybe"),
        ],
    )
    assert changed.id == "calendar/901"
    assert (confirmed.error, confirmed.version) == (None, None)
    midnight = int(datetime(2026, 3, 9, tzinfo=UTC).timestamp() * 1000)
    assert f"<ox:recurrence_date_position>{midnight}</ox:recurrence_date_position>" in script.body
    assert "<ox:confirm>tentative</ox:confirm>" in script.body
    assert "<ox:method>CONFIRM</ox:method>" in script.body


def test_a_batch_that_the_server_cannot_read_may_be_sent_in_parts() -> None:
    script = Script(response("<ox:object_id>0</ox:object_id>", "500", "[1400] [too long]"))
    writes = [Delete(token=token, id=RemoteId("contact/1"), version=Version("1")) for token in "ab"]
    with pytest.raises(TooLarge):
        script.peer.write(CONTACTS, writes)


def test_an_answer_without_tokens_is_read_in_order_and_a_short_one_not_at_all() -> None:
    script = Script(
        response("<ox:object_id>1</ox:object_id>"), response("<ox:object_id>2</ox:object_id>", "409", "[1003] no")
    )
    writes = [Delete(token=token, id=RemoteId("contact/1"), version=Version("1")) for token in "ab"]
    first, second = script.peer.write(CONTACTS, writes)
    assert first.error is None
    assert isinstance(second.error, Contradiction)
    with pytest.raises(Unreadable):
        script.peer.write(CONTACTS, [*writes, Delete(token="c", id=RemoteId("contact/1"), version=Version("1"))])


def test_one_item_is_read_by_its_id() -> None:
    script = Script(contact(802, 2000))
    assert script.peer.read(CONTACTS, RemoteId("contact/802")).version == "2000"
    assert "<ox:object_id>802</ox:object_id>" in script.body
    with pytest.raises(NotFound):
        Script(response("", "404", "[1001] Object not found")).peer.read(CONTACTS, RemoteId("contact/1"))


def test_folders_are_made_changed_and_deleted() -> None:
    script = Script(
        response("<ox:object_id>57</ox:object_id><ox:last_modified>5</ox:last_modified>", description="[1200] OK")
    )
    draft = FolderDraft(spot=Spot(root=Root.PUBLIC), name="Team", module=Module.CALENDAR, rights=())
    assert script.peer.create_folder(draft) == "57"
    assert "<ox:folder_id>2</ox:folder_id>" in script.body
    assert "<ox:type>public</ox:type>" in script.body
    script.peer.update_folder(RemoteId("57"), Version("5"), FolderEdit(name="New"))
    assert "<ox:title>New</ox:title>" in script.body
    assert "permissions" not in script.body
    assert "<ox:folder>" not in script.body
    script.peer.delete_folder(RemoteId("57"), Version("5"))
    assert "DELETE" in script.body
    with pytest.raises(Refused):
        Script(response("", "409", "[FLD-0012] exists")).peer.create_folder(draft)


def test_a_plain_server_is_known_to_carry_less() -> None:
    peer = Script().peer
    item = Task(title="x", note="n", note_html="<b>n</b>", url="https://example.org")
    assert peer.project(item) == Task(title="x", note="n")
    assert "note_html" not in peer.carries(item)
    assert "note" in peer.carries(item)


def test_the_anchor_of_a_plain_server_never_goes_back() -> None:
    *_, reached = Script().peer.changes(CONTACTS, Anchor("500"))
    assert reached == Reached(Anchor("500"))


def test_an_answer_that_is_no_list_is_not_taken_for_an_empty_one() -> None:
    with pytest.raises(Unreadable):
        Script().peer.ids(CONTACTS)
    with pytest.raises(Unreadable):
        Script(contact(802, 2000)).peer.ids(CONTACTS)
    one = "<ox:object_status>LIST</ox:object_status><ox:object_list><ox:id>801</ox:id></ox:object_list>"
    assert Script(response(one)).peer.ids(CONTACTS) == {"contact/801"}
