"""Rights in folders: what they may be and what they let people do (OX reference, section 8.2; semantics 2)."""

from __future__ import annotations

import pytest

from tests.support.ox import elements as ox
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Xml

LEVELS = ("folderpermission", "objectreadpermission", "objectwritepermission", "objectdeletepermission")


def _set(user: OxUser, folder: Folder, *rights: Xml) -> Response:
    return user.try_write("folders", object_id=folder.id, permissions=ox.together(*rights))


def _rights(user: OxUser, folder: Folder) -> dict[tuple[str, str], str]:
    entries = user.load("folders", folder.id).entries("permissions")
    return {(one["kind"], one["text"]): "/".join(one[level] for level in LEVELS) for one in entries}


def test_what_was_given_is_shown(anna: OxUser, ben: OxUser, team: int, calendar: Folder) -> None:
    rights = (ox.owner(anna.id), ox.right(ben.id, "4/4/2/0"), ox.right(team, "2/2/0/0", kind="group"))

    assert _set(anna, calendar, *rights).outcome == ("200", "1200")

    assert _rights(anna, calendar) == {
        ("user", str(anna.id)): "128/128/128/128",
        ("user", str(ben.id)): "4/4/2/0",
        ("group", str(team)): "2/2/0/0",
    }


def test_a_list_replaces_the_whole_old_one(anna: OxUser, ben: OxUser, carl: OxUser, calendar: Folder) -> None:
    _set(anna, calendar, ox.owner(anna.id), ox.right(ben.id, "2/4/0/0"))

    _set(anna, calendar, ox.owner(anna.id), ox.right(carl.id, "2/4/0/0"))

    assert set(_rights(anna, calendar)) == {("user", str(anna.id)), ("user", str(carl.id))}


def test_an_absent_list_keeps_the_old_one(anna: OxUser, ben: OxUser, calendar: Folder, title: str) -> None:
    _set(anna, calendar, ox.owner(anna.id), ox.right(ben.id, "2/4/0/0"))

    anna.write_well("folders", object_id=calendar.id, title=f"{title} new")

    assert ("user", str(ben.id)) in _rights(anna, calendar)


@pytest.mark.parametrize("missing", LEVELS)
def test_a_right_must_name_all_four_levels(anna: OxUser, ben: OxUser, calendar: Folder, missing: str) -> None:
    said = {level: "2" for level in LEVELS if level != missing}

    answer = _set(anna, calendar, ox.owner(anna.id), ox.element("user", ben.id, **said))

    assert answer.status in {"400", "409", "500"}
    assert set(_rights(anna, calendar)) == {("user", str(anna.id))}


def test_a_right_without_admin_flag_is_no_administrators(anna: OxUser, ben: OxUser, title: str) -> None:
    public = anna.make_folder("calendar", title, parent=2)
    said = dict.fromkeys(LEVELS, "2")

    _set(anna, public, ox.owner(anna.id), ox.element("user", ben.id, **said))

    (bens,) = [one for one in anna.load("folders", public.id).entries("permissions") if one["text"] == str(ben.id)]
    assert bens["admin_flag"] == "false"


@pytest.mark.parametrize(
    "entry",
    [
        Xml('<ox:user folderpermission="2" objectreadpermission="2" objectwritepermission="2"'
            ' objectdeletepermission="2">3</ox:user>'),
        ox.element("robot", 3, **dict.fromkeys(LEVELS, "2")),
        ox.element("user", "somebody", **dict.fromkeys(LEVELS, "2")),
        ox.element("user", "", **dict.fromkeys(LEVELS, "2")),
        ox.element("user", 99_999_999, **dict.fromkeys(LEVELS, "2")),
        ox.element("group", 99_999_999, **dict.fromkeys(LEVELS, "2")),
        ox.element("user", -5, **dict.fromkeys(LEVELS, "2")),
        ox.element("group", -5, **dict.fromkeys(LEVELS, "2")),
        ox.element("user", 2**31, **dict.fromkeys(LEVELS, "2")),
        *(ox.element("group", 0, **{**dict.fromkeys(LEVELS, "2"), level: value})
          for level in LEVELS for value in ("1", "3", "5", "256", "-2", "x", "", "2.0", "99999999999999999999")),
    ],
)  # fmt: skip
def test_a_right_that_cannot_be_is_refused(anna: OxUser, calendar: Folder, entry: Xml) -> None:
    answer = _set(anna, calendar, ox.owner(anna.id), entry)

    assert answer.status in {"400", "404", "409", "500"}
    assert answer.code in {"1400", "1100", "1001", "1003", "1004"}
    assert set(_rights(anna, calendar)) == {("user", str(anna.id))}


def test_two_rights_of_one_user_are_refused(anna: OxUser, ben: OxUser, calendar: Folder) -> None:
    rights = (ox.owner(anna.id), ox.right(ben.id, "2/4/0/0"), ox.right(ben.id, "4/4/0/0"))

    assert _set(anna, calendar, *rights).status == "409"


def test_an_empty_list_is_refused(anna: OxUser, calendar: Folder) -> None:
    assert _set(anna, calendar).status in {"400", "409"}
    assert _rights(anna, calendar)


def test_a_private_folder_keeps_its_owner_as_the_only_administrator(
    anna: OxUser, ben: OxUser, team: int, calendar: Folder
) -> None:
    refused = (
        (ox.right(anna.id, "128/128/128/128"),),
        (ox.owner(ben.id),),
        (ox.owner(anna.id), ox.owner(ben.id)),
        (ox.owner(anna.id), ox.right(team, "8/4/4/4", admin=True, kind="group")),
    )
    for rights in refused:
        assert _set(anna, calendar, *rights).status == "409"
    assert set(_rights(anna, calendar)) == {("user", str(anna.id))}


def test_a_public_folder_may_have_several_administrators(anna: OxUser, ben: OxUser, team: int, title: str) -> None:
    public = anna.make_folder("calendar", title, parent=2)
    rights = (ox.owner(anna.id), ox.owner(ben.id), ox.right(team, "8/4/4/4", admin=True, kind="group"))

    assert _set(anna, public, *rights).outcome == ("200", "1200")


def test_only_an_administrator_changes_rights(anna: OxUser, ben: OxUser, title: str) -> None:
    public = anna.make_folder("calendar", title, ox.right(ben.id, "128/128/128/128"), parent=2)

    answer = _set(ben, public, ox.owner(anna.id), ox.owner(ben.id))

    assert answer.outcome == ("403", "1002")


def test_a_change_of_rights_is_a_change_of_the_folder(anna: OxUser, ben: OxUser, calendar: Folder) -> None:
    before = anna.load("folders", calendar.id)

    answer = _set(anna, calendar, ox.owner(anna.id), ox.right(ben.id, "2/4/0/0"))

    assert answer.last_modified == anna.load("folders", calendar.id).last_modified > before.last_modified


# What the levels allow. Ben gets them in a public contact folder of anna's.


@pytest.fixture
def granted(anna: OxUser, ben: OxUser, title: str) -> Folder:
    return anna.make_folder("contact", title, parent=2)


def _as_ben(granted: Folder, anna: OxUser, ben: OxUser, levels: str) -> Folder:
    assert _set(anna, granted, ox.owner(anna.id), ox.right(ben.id, levels)).status == "200"
    return granted.seen_by(ben)


@pytest.mark.parametrize(("levels", "allowed"), [("2/4/4/4", False), ("4/0/0/0", True), ("8/0/0/0", True)])
def test_creating_needs_the_folder_level_4(
    granted: Folder, anna: OxUser, ben: OxUser, levels: str, allowed: bool
) -> None:
    answer = _as_ben(granted, anna, ben, levels).try_create(last_name="New")

    assert answer.outcome == (("200", "1200") if allowed else ("403", "1002"))
    assert len(granted.live()) == int(allowed)


@pytest.mark.parametrize(
    ("levels", "own", "foreign"),
    [("4/0/4/4", False, False), ("4/2/0/0", True, False), ("4/4/0/0", True, True), ("4/128/0/0", True, True)],
)
def test_reading_needs_the_read_level_2_for_own_and_4_for_all_objects(
    granted: Folder, anna: OxUser, ben: OxUser, levels: str, own: bool, foreign: bool
) -> None:
    hers, bens = granted.create(last_name="Hers"), _as_ben(granted, anna, ben, "4/4/4/4")
    his = bens.create(last_name="His")
    bens = _as_ben(granted, anna, ben, levels)

    assert (bens.try_load(his).status == "200") is own
    assert (bens.try_load(hers).status == "200") is foreign


@pytest.mark.parametrize(
    ("levels", "own", "foreign"),
    [("4/4/0/4", False, False), ("4/4/2/0", True, False), ("4/4/4/0", True, True), ("4/4/128/0", True, True)],
)
def test_changing_needs_the_write_level_2_for_own_and_4_for_all_objects(
    granted: Folder, anna: OxUser, ben: OxUser, levels: str, own: bool, foreign: bool
) -> None:
    hers, bens = granted.create(last_name="Hers"), _as_ben(granted, anna, ben, "4/4/4/4")
    his = bens.create(last_name="His")
    bens = _as_ben(granted, anna, ben, levels)

    for thing, allowed in ((his, own), (hers, foreign)):
        answer = bens.try_update(thing, nickname="Changed")
        assert answer.outcome == (("200", "1200") if allowed else ("403", "1002"))
        assert ("nickname" in granted.load(thing)) is allowed


@pytest.mark.parametrize(
    ("levels", "own", "foreign"),
    [("4/4/4/0", False, False), ("4/4/0/2", True, False), ("4/4/0/4", True, True), ("4/4/0/128", True, True)],
)
def test_deleting_needs_the_delete_level_2_for_own_and_4_for_all_objects(
    granted: Folder, anna: OxUser, ben: OxUser, levels: str, own: bool, foreign: bool
) -> None:
    hers, bens = granted.create(last_name="Hers"), _as_ben(granted, anna, ben, "4/4/4/4")
    his = bens.create(last_name="His")
    bens = _as_ben(granted, anna, ben, levels)

    for thing, allowed in ((his, own), (hers, foreign)):
        answer = bens.try_delete(thing)
        assert answer.outcome == (("200", "1200") if allowed else ("403", "1002"))
        assert (thing.id in granted.live()) is not allowed


def test_the_greater_of_the_own_and_the_groups_right_counts(
    granted: Folder, anna: OxUser, ben: OxUser, team: int
) -> None:
    rights = (ox.owner(anna.id), ox.right(ben.id, "2/4/0/0"), ox.right(team, "4/0/0/2", kind="group"))
    _set(anna, granted, *rights)
    bens = granted.seen_by(ben)

    his = bens.create(last_name="His")

    bens.load(his)
    assert bens.try_update(his, nickname="x").status == "403"
    assert bens.try_delete(his).status == "200"


def test_the_folder_level_0_hides_the_folder_whatever_the_others_say(
    granted: Folder, anna: OxUser, ben: OxUser
) -> None:
    bens = _as_ben(granted, anna, ben, "0/4/4/4")

    assert granted.id not in [one.id for one in ben.folders()]
    assert bens.try_create(last_name="x").status in {"403", "404"}


def test_a_folder_without_read_right_is_seen_but_not_read(granted: Folder, anna: OxUser, ben: OxUser) -> None:
    granted.create(last_name="Hidden")
    bens = _as_ben(granted, anna, ben, "2/0/0/0")

    assert granted.id in [one.id for one in ben.folders()]
    reply = ben.send("PROPFIND", "contacts", ox.propfind(folder_id=bens.id, lastsync=0, objectmode="MODIFIED,LIST"))
    assert reply.status == 403 or b"Hidden" not in reply.body


def test_whoever_sees_a_public_folder_sees_the_folders_above_it(anna: OxUser, ben: OxUser, granted: Folder) -> None:
    below = anna.make_folder("contact", "below", ox.right(ben.id, "2/4/0/0"), parent=granted.id)
    person = granted.create(last_name="Above")

    seen = {one.id: one for one in ben.folders()}

    assert below.id in seen
    assert seen[below.id]["folder_id"] == str(granted.id)
    assert granted.id in seen
    assert granted.seen_by(ben).try_load(person).status == "404"


def test_the_right_to_see_a_folder_above_goes_with_its_reason(anna: OxUser, ben: OxUser, granted: Folder) -> None:
    below = anna.make_folder("contact", "below", ox.right(ben.id, "2/4/0/0"), parent=granted.id)

    _set(anna, below, ox.owner(anna.id))

    assert not {granted.id, below.id} & {one.id for one in ben.folders()}


def test_the_global_address_book_takes_no_new_contacts_and_loses_none(anna: OxUser) -> None:
    book = anna.folder(6)
    me = book.load(next(one for one in book.changes() if one.values.get("displayname") == "Anna Adler"))

    assert book.try_create(last_name="New").outcome == ("403", "1002")
    assert book.try_delete(me).status == "403"


def test_users_change_their_own_entry_in_the_global_address_book_and_no_others(carl: OxUser) -> None:
    book = carl.folder(6)
    entries = {one["displayname"]: one for one in book.changes()}

    book.update(entries["Carl Clausen"], phone_business="123")

    assert book.load(entries["Carl Clausen"])["phone_business"] == "123"
    assert book.try_update(entries["Ben Brandt"], phone_business="123").outcome == ("403", "1002")
    assert book.try_update(book.load(entries["Carl Clausen"]), email1="other@example.org").status in {"403", "409"}
