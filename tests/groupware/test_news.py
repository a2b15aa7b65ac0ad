"""News of a change reach those whom it concerns, and tell nobody of what the person may not know."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from passerelle.groupware import provision
from passerelle.groupware.actor import Actor, actor_of
from passerelle.groupware.history import Place, advance, place_of, present
from passerelle.groupware.news import Event, EventKind, Reader, news
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, PUBLIC, FolderType, Module
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.items import Contact, Item, Task
from passerelle.model.principals import Capability
from tests.groupware.office import FULL_RIGHTS, OWN_READER, READER, VISITOR, Office, meeting

LOGINS = ("anna", "bruno", "carla")
Told = dict[str, list[Event]]


class Listening:
    """What each of the three is told since the last time that one asked, without positions."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._actors = self._actors_now()
        with office.store.reading() as tx:
            self._place = present(tx)

    def __call__(self) -> Told:
        before, self._actors = self._actors, self._actors_now()
        with self._office.store.reading() as tx:
            spans, self._place = advance(tx, self._place)
            readers = [Reader(now, both(before[login], now)) for login, now in self._actors.items()]
            found = news(tx, spans, readers)
        return {
            login: [replace(event, position=None) for event in found[user.id]]
            for login in LOGINS
            if (user := self._office.user(login)).id in found
        }

    def _actors_now(self) -> dict[str, Actor]:
        with self._office.store.reading() as tx:
            return {login: actor_of(tx, self._office.user(login).id) for login in LOGINS}


def both(before: Actor, now: Actor) -> Actor:
    return Actor(now.user, before.groups | now.groups, before.withheld & now.withheld)


def without_address_book(told: Told) -> Told:
    """What is told but of the address book, in which groups have their lists."""
    found = {
        login: [event for event in events if event.folder != GLOBAL_ADDRESS_BOOK] for login, events in told.items()
    }
    return {login: events for login, events in found.items() if events}


@pytest.fixture
def listening(office: Office) -> Listening:
    return Listening(office)


def items(folder: FolderId, module: Module = Module.CALENDAR) -> list[Event]:
    return [Event(EventKind.ITEMS, folder, module)]


def tree(kind: EventKind, *folders: FolderId) -> list[Event]:
    return [Event(kind, folder, Module.CALENDAR) for folder in folders]


def test_a_change_in_an_own_folder_is_told_to_its_owner_alone(office: Office, listening: Listening) -> None:
    home = office.default("anna")
    made = office.session("anna").create(home, meeting())
    assert listening() == {"anna": items(home)}
    office.session("anna").update(made.id, home, lambda _: {"title": "New"})
    assert listening() == {"anna": items(home)}
    office.session("anna").delete(made.id)
    assert listening() == {"anna": items(home)}
    assert listening() == {}


def test_many_changes_of_a_folder_are_one_piece_of_news(office: Office, listening: Listening) -> None:
    for number in range(5):
        office.session("anna").create(office.default("anna", Module.TASKS), Task(title=f"{number}"))
    assert listening() == {"anna": items(office.default("anna", Module.TASKS), Module.TASKS)}


def test_participants_hear_of_a_meeting_in_their_own_calendars(office: Office, listening: Listening) -> None:
    home = office.default("anna")
    office.session("anna").create(home, meeting(participants=office.invite("anna", "bruno")))
    assert listening() == {"anna": items(home), "bruno": items(office.default("bruno"))}


def test_who_sees_both_calendars_hears_of_both(office: Office, listening: Listening) -> None:
    home = office.share_default("anna", office.grant("bruno", READER))
    listening()
    office.session("anna").create(home, meeting(participants=office.invite("anna", "bruno")))
    assert listening()["bruno"] == [*items(home), *items(office.default("bruno"))]


def test_who_may_not_read_in_a_folder_hears_nothing(office: Office, listening: Listening) -> None:
    shared = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", VISITOR))
    listening()
    office.session("anna").create(shared.id, meeting())
    assert listening() == {"anna": items(shared.id)}


def test_who_may_read_own_items_only_hears_of_those_and_of_what_is_gone(office: Office, listening: Listening) -> None:
    folder = office.public("anna", "P", Module.CALENDAR, office.grant("bruno", OWN_READER)).id
    listening()
    made = office.session("anna").create(folder, meeting())
    assert listening() == {"anna": items(folder)}
    with office.store.writing(office.user("bruno").id) as tx:
        tx.items.add(folder, meeting())
    assert listening() == {"anna": items(folder), "bruno": items(folder)}
    office.session("anna").delete(made.id)
    assert listening() == {"anna": items(folder), "bruno": items(folder)}


def hide(_item: Item) -> dict[str, object]:
    return {"private": True}


def test_private_items_announce_themselves_to_their_owner_alone(office: Office, listening: Listening) -> None:
    shared = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    listening()
    made = office.session("anna").create(shared, meeting(private=True))
    assert listening() == {"anna": items(shared)}
    office.session("anna").update(made.id, shared, lambda _: {"title": "New"})
    assert listening() == {"anna": items(shared)}
    office.session("anna").delete(made.id)
    assert listening() == {"anna": items(shared)}


def test_an_item_that_turns_private_or_open_is_told_to_those_who_lose_or_gain_it(
    office: Office, listening: Listening
) -> None:
    shared = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    made = office.session("anna").create(shared, meeting())
    listening()
    office.session("anna").update(made.id, shared, hide)
    assert listening() == {"anna": items(shared), "bruno": items(shared)}
    office.session("anna").update(made.id, shared, lambda _: {"private": False})
    assert listening() == {"anna": items(shared), "bruno": items(shared)}


def test_an_open_item_beside_private_ones_is_told(office: Office, listening: Listening) -> None:
    shared = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    listening()
    office.session("anna").create(shared, meeting(private=True))
    office.session("anna").create(shared, meeting(), ignore_conflicts=True)
    assert listening()["bruno"] == items(shared)


def test_an_item_that_moves_is_told_in_both_folders(office: Office, listening: Listening) -> None:
    there = office.private("anna", "There").id
    home = office.default("anna")
    made = office.session("anna").create(home, meeting())
    listening()
    office.session("anna").update(made.id, home, lambda _: {}, destination=there)
    assert listening() == {"anna": [*items(home), *items(there)]}


def test_a_change_of_the_address_book_is_told_to_everybody(office: Office, listening: Listening) -> None:
    provision.add_user(office.store, "dora", "secret", display_name="Dora", email="dora@example.org")
    told = listening()
    assert set(told) == set(LOGINS)
    assert all(events == items(FolderId(6), Module.CONTACTS) for events in told.values())


# The folders themselves


def test_a_new_folder_is_told_to_those_who_see_it_before_what_is_in_it(office: Office, listening: Listening) -> None:
    shared = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    office.session("anna").create(shared, meeting())
    expected = [*tree(EventKind.FOLDER, shared), *items(shared)]
    assert listening() == {"anna": expected, "bruno": expected}


def test_a_right_that_is_given_or_withdrawn_is_told_to_who_has_or_had_it(office: Office, listening: Listening) -> None:
    folder = office.private("anna", "S").id
    owner = office.grant("anna", FULL_RIGHTS)
    listening()
    office.session("anna").update_folder(folder, rights=(owner, office.grant("bruno", READER)))
    assert listening() == {"anna": tree(EventKind.FOLDER, folder), "bruno": tree(EventKind.FOLDER, folder)}
    office.session("anna").update_folder(folder, rights=(owner,))
    assert listening() == {"anna": tree(EventKind.FOLDER, folder), "bruno": tree(EventKind.GONE, folder)}
    office.session("anna").create(folder, meeting())
    assert listening() == {"anna": items(folder)}


def test_a_deleted_folder_is_gone_for_who_could_see_it_and_nobody_else(office: Office, listening: Listening) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    office.session("anna").create(folder, meeting())
    listening()
    office.session("anna").delete_folder(folder)
    assert listening() == {"anna": tree(EventKind.GONE, folder), "bruno": tree(EventKind.GONE, folder)}


def test_a_folder_that_came_and_went_meanwhile_is_not_told(office: Office, listening: Listening) -> None:
    with office.store.writing(office.user("anna").id) as tx:
        folder = tx.folders.add(PUBLIC, "Short", Module.CALENDAR, FolderType.PUBLIC, office.user("anna").id)
        tx.folders.remove(folder.id)
    assert listening() == {}


def test_who_comes_into_a_group_or_leaves_it_is_told_of_its_folders(office: Office, listening: Listening) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant_group("staff", READER)).id
    listening()
    staff = office.group("staff").id
    provision.change_group(office.store, staff, [office.user("bruno").id])
    assert without_address_book(listening())["carla"] == tree(EventKind.GONE, folder)
    office.session("anna").create(folder, meeting())
    assert listening() == {"anna": items(folder), "bruno": items(folder)}
    provision.change_group(office.store, staff, [office.user("carla").id])
    told = without_address_book(listening())
    assert (told["bruno"], told["carla"]) == (tree(EventKind.GONE, folder), tree(EventKind.FOLDER, folder))


def test_from_whom_shared_folders_are_withheld_hears_nothing_of_them(office: Office, listening: Listening) -> None:
    folder = office.private("anna", "S", Module.CALENDAR, office.grant("bruno", READER)).id
    listening()
    with office.store.writing(office.user("anna").id) as tx:
        tx.principals.put(replace(office.user("bruno"), withheld=frozenset({Capability.SHARED})))
        tx.folders.touch(folder)
    assert listening() == {"anna": tree(EventKind.FOLDER, folder), "bruno": tree(EventKind.GONE, folder)}
    office.session("anna").create(folder, meeting())
    assert listening() == {"anna": items(folder)}


# Places


def test_scopes_that_ran_ahead_are_told_once_and_their_next_change_again(office: Office, listening: Listening) -> None:
    home, other = office.default("anna", Module.CONTACTS), office.default("anna")
    with office.store.writing(office.user("anna").id) as tx:
        tx.items.add_many(home, [Contact(last_name=f"{number}") for number in range(5000)])
    assert listening() == {"anna": items(home, Module.CONTACTS)}
    office.session("anna").create(other, meeting())
    assert listening() == {"anna": items(other)}
    office.session("anna").create(home, Contact(last_name="Next"))
    assert listening() == {"anna": items(home, Module.CONTACTS)}


def test_news_tell_how_far_the_history_of_a_folder_has_come_though_it_ran_ahead_of_the_clock(office: Office) -> None:
    anna, home = office.user("anna").id, office.default("anna", Module.CONTACTS)
    with office.store.writing(anna) as tx:
        tx.items.add_many(home, [Contact(last_name=f"{number}") for number in range(5000)])
    with office.store.reading() as tx:
        before = present(tx)
    made = office.session("anna").create(home, Contact(last_name="Next"))
    with office.store.reading() as tx:
        spans, here = advance(tx, before)
        reader = Reader(actor_of(tx, anna), actor_of(tx, anna))
        assert news(tx, spans, [reader]) == {anna: [Event(EventKind.ITEMS, home, Module.CONTACTS, made.stamp)]}
    assert here.moment < made.stamp


def test_a_place_that_was_written_down_finds_what_came_after_it(office: Office) -> None:
    with office.store.reading() as tx:
        written = str(present(tx).moment)
    office.session("anna").create(office.default("anna"), meeting())
    with office.store.reading() as tx:
        place = place_of(tx, written)
        assert place == Place(Stamp(int(written)))
        spans, _ = advance(tx, place)
    assert office.default("anna") in {span.scope for span in spans}


@pytest.mark.parametrize(
    "written",
    ["", "0", "-5", "1.5", "x", "١٧", " 1", "99999999999999999", "9" * 18, "9" * 19, "9" * 5000, "1\n", "1e3", "0x1"],
)
def test_a_place_that_is_none_of_ours_is_unknown(office: Office, written: str) -> None:
    with office.store.reading() as tx:
        assert place_of(tx, written) is None


def test_a_place_before_the_history_that_is_kept_is_unknown(office: Office) -> None:
    with office.store.reading() as tx:
        written = str(tx.journal.moment())
    made = office.session("anna").create(office.default("anna"), meeting())
    with office.store.writing(office.user("anna").id) as tx:
        tx.journal.prune(datetime.now(UTC) + timedelta(days=1))
        later = str(made.stamp + 1)
    office.session("anna").delete(made.id)
    with office.store.reading() as tx:
        assert place_of(tx, written) is None
        assert place_of(tx, later) is not None


def test_many_private_items_are_not_told_to_others_unless_finding_out_takes_long(
    office: Office, listening: Listening
) -> None:
    shared = office.private("anna", "S", Module.CONTACTS, office.grant("bruno", READER)).id
    listening()
    with office.store.writing(office.user("anna").id) as tx:
        made = tx.items.add_many(shared, [Contact(last_name=f"{number}", private=True) for number in range(300)])
    assert listening() == {"anna": items(shared, Module.CONTACTS)}
    with office.store.writing(office.user("anna").id) as tx:
        tx.items.remove_many(one.id for one in made[:100])
    assert listening() == {"anna": items(shared, Module.CONTACTS)}
    with office.store.writing(office.user("anna").id) as tx:
        more = tx.items.add_many(shared, [Contact(last_name=f"{number}", private=True) for number in range(300)])
    listening()
    with office.store.writing(office.user("anna").id) as tx:
        tx.items.remove_many(one.id for one in more)
    assert set(listening()) == {"anna", "bruno"}
