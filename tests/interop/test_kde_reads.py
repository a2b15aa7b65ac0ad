"""KDE reads what the server holds: folders, contacts, distribution lists, appointments, series and tasks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest

from tests.interop.akonadi import faults
from tests.interop.akonadi.peer import CONTACT, EVENT, TASK, KdeAccount, KdeFolder, KdeItem, Tree
from tests.interop.conftest import ADA, BEN, ZONE
from tests.interop.content_lines import Content
from tests.interop.occurrences import occurrences
from tests.interop.replica import Replica
from tests.interop.samples import PIXEL, calendar, card, event, task
from tests.support.commands import Server
from tests.support.ox.client import OxUser
from tests.support.ox.elements import element, right, together, user

PRIVATE, PUBLIC, SHARED = "1", "2", "3"
CAN_CHANGE_AND_CREATE_ITEMS = 0x01 | 0x02

PLANS = calendar(
    event(
        "timed@samples",
        "Café „Grün“ 🌱",
        "DTSTART:20261201T080000Z",
        "DTEND:20261201T093000Z",
        "LOCATION:Straße 7",
        "DESCRIPTION:First line\\nsecond line",
        "CATEGORIES:Work,Travel",
        "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT15M\nEND:VALARM",
    ),
    event("free@samples", "Lunch", "DTSTART:20261201T110000Z", "DTEND:20261201T120000Z", "TRANSP:TRANSPARENT"),
    event("private@samples", "Dentist", "DTSTART:20261201T130000Z", "DTEND:20261201T140000Z", "CLASS:PRIVATE"),
    event("day@samples", "Bank holiday", "DTSTART;VALUE=DATE:20261225", "DTEND;VALUE=DATE:20261226"),
    event("days@samples", "Trade fair", "DTSTART;VALUE=DATE:20261210", "DTEND;VALUE=DATE:20261213"),
)
# Every one starts in winter time and stays in it: KDE's desktop is in UTC.
SERIES = calendar(
    event(
        "daily@samples",
        "Daily",
        "DTSTART;TZID=Europe/Paris:20261102T091500",
        "DTEND;TZID=Europe/Paris:20261102T093000",
        "RRULE:FREQ=DAILY;INTERVAL=3;COUNT=12",
    ),
    event(
        "weekly@samples",
        "Weekly",
        "DTSTART;TZID=Europe/Paris:20261103T140000",
        "DTEND;TZID=Europe/Paris:20261103T150000",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;UNTIL=20270228T130000Z",
        "EXDATE;TZID=Europe/Paris:20261117T140000",
    ),
    event(
        "moved@samples",
        "Review",
        "DTSTART;TZID=Europe/Paris:20261104T160000",
        "DTEND;TZID=Europe/Paris:20261104T170000",
        "RRULE:FREQ=WEEKLY;BYDAY=WE;COUNT=6",
        "EXDATE;TZID=Europe/Paris:20261125T160000",
    ),
    event(
        "moved@samples",
        "Review (later)",
        "RECURRENCE-ID;TZID=Europe/Paris:20261111T160000",
        "DTSTART;TZID=Europe/Paris:20261112T180000",
        "DTEND;TZID=Europe/Paris:20261112T190000",
    ),
    event(
        "monthly@samples",
        "Monthly",
        "DTSTART;TZID=Europe/Paris:20261115T100000",
        "DTEND;TZID=Europe/Paris:20261115T110000",
        "RRULE:FREQ=MONTHLY;BYMONTHDAY=15;COUNT=4",
    ),
    event(
        "second-tuesday@samples",
        "Board",
        "DTSTART;TZID=Europe/Paris:20261110T180000",
        "DTEND;TZID=Europe/Paris:20261110T200000",
        "RRULE:FREQ=MONTHLY;BYDAY=2TU;COUNT=4",
    ),
    event(
        "yearly@samples",
        "Party",
        "DTSTART;TZID=Europe/Paris:20261211T190000",
        "DTEND;TZID=Europe/Paris:20261211T230000",
        "RRULE:FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=11",
    ),
    event(
        "whole-days@samples",
        "Cleaning",
        "DTSTART;VALUE=DATE:20261106",
        "DTEND;VALUE=DATE:20261107",
        "RRULE:FREQ=WEEKLY;BYDAY=FR;UNTIL=20261211",
        "EXDATE;VALUE=DATE:20261120",
    ),
)
SERIES_TITLES = ("Daily", "Weekly", "Review", "Monthly", "Board", "Party", "Cleaning")
TASKS = calendar(
    task(
        "report@samples",
        "Write report",
        "DTSTART:20261201T080000Z",
        "DUE:20261203T160000Z",
        "PRIORITY:1",
        "PERCENT-COMPLETE:40",
        "STATUS:IN-PROCESS",
        "DESCRIPTION:Two pages",
    ),
    task("some-day@samples", "Tidy up", "DUE;VALUE=DATE:20261224"),
)
ZOE = card(
    "zoe@samples",
    "FN:Zoë Müller",
    "N:Müller;Zoë;Anna;Dr.;",
    "NICKNAME:Zo",
    "ORG:Brücken AG;Einkauf",
    "EMAIL;TYPE=INTERNET:zoe@example.com",
    "TEL;TYPE=WORK:+49 30 1",
    "TEL;TYPE=HOME:+49 30 2",
    "TEL;TYPE=CELL:+49 170 3",
    "TEL;TYPE=FAX,WORK:+49 30 4",
    "ADR;TYPE=HOME:;;Hauptstraße 1;Köln;NRW;50667;Deutschland",
    "ADR;TYPE=WORK:;;Werkstraße 2;Bonn;NRW;53111;Deutschland",
    "BDAY:1980-02-29",
    "CATEGORIES:Kunden,Freunde",
    "URL:https://zoe.example.com/",
    "NOTE:Line one\\nline two",
)
PIA = card("pia@samples", "FN:Pia Pixel", "N:Pixel;Pia;;;", f"PHOTO;ENCODING=b;TYPE=PNG:{PIXEL}")


@pytest.fixture(scope="module")
def imported() -> Mapping[str, str]:
    return {"plans.ics": PLANS, "series.ics": SERIES, "tasks.ics": TASKS, "people.vcf": ZOE + PIA}


@pytest.fixture(scope="module")
def prepared(running_server: Server, ox: OxUser, bens_ox: OxUser) -> Server:
    """What no file can bring: a distribution list, a meeting, a public folder and a folder of ben's."""
    ox.default("contact").create(displayname="Friends", distributionlist_flag=True, distributionlist=FRIENDS)
    ox.default("calendar").create(
        title="Kick-off",
        start_date=1796284800000,
        end_date=1796288400000,
        full_time=False,
        ignore_conflicts=True,
        notify_participants=False,
        participants=together(user(ox.id, "accept"), user(bens_ox.id, "accept")),
    )
    ox.make_folder("calendar", "Events", parent=int(PUBLIC))
    bens_ox.make_folder("task", "Ben's tasks", right(ox.id, "2/4/0/0"), parent=bens_ox.default("task").id)
    return running_server


@pytest.fixture(scope="module")
def tree(prepared: Server, kde: KdeAccount) -> Tree:
    """What KDE has after its first synchronisation."""
    return kde.tree()


FRIENDS = together(
    element("email", "ann@example.com", emailfield=0, displayname="Ann"),
    element("email", "bob@example.com", emailfield=0, displayname="Bob & Co"),
)


def _event(tree: Tree, title: str) -> Content:
    items = [item for item in tree.items if item.mime == EVENT]
    (found,) = [content for content in map(_content, items) if content["SUMMARY"] == title]
    return found


def _task(tree: Tree, title: str) -> Content:
    items = [item for item in tree.items if item.mime == TASK]
    (found,) = [content for content in map(_content, items) if content["SUMMARY"] == title]
    return found


def _card(tree: Tree, full_name: str) -> Content:
    folder = tree.folder("Contacts")
    items = [item for item in tree.items_in(folder) if item.mime == CONTACT]
    (found,) = [content for content in map(_content, items) if content["FN"] == full_name]
    return found


def _content(item: KdeItem) -> Content:
    return Content(item.payload)


def _parent(tree: Tree, folder: KdeFolder) -> str:
    (parent,) = [other for other in tree.folders if other.id == folder.parent]
    return parent.remote_id


def test_own_folders_stand_below_the_private_folder_each_for_its_kind_of_items(tree: Tree) -> None:
    kinds = {"Calendar": EVENT, "Contacts": CONTACT, "Tasks": TASK}
    for title, mime in kinds.items():
        folder = tree.folder(title)
        assert mime in folder.mimes
        assert _parent(tree, folder) == PRIVATE
        assert folder.rights & CAN_CHANGE_AND_CREATE_ITEMS


def test_a_public_folder_stands_below_the_public_folder(tree: Tree) -> None:
    assert _parent(tree, tree.folder("Events")) == PUBLIC


def test_a_folder_that_somebody_shares_stands_below_the_shared_folder_and_cannot_be_written(
    tree: Tree,
) -> None:
    folder = tree.folder("Ben's tasks")
    assert _parent(tree, folder) == SHARED
    assert not folder.rights & CAN_CHANGE_AND_CREATE_ITEMS


def test_every_folder_hangs_on_a_parent_that_kde_knows(tree: Tree) -> None:
    known = {folder.id for folder in tree.folders} | {0}
    assert all(folder.parent in known for folder in tree.folders)


def test_the_global_address_book_shows_all_users(tree: Tree) -> None:
    folder = tree.folder_of("6")
    assert folder is not None
    cards = [_content(item) for item in tree.items_in(folder)]
    assert {ADA.email, BEN.email} <= {mail for card in cards for mail in card.values("EMAIL")}


def test_a_contact_keeps_its_names_and_company(tree: Tree) -> None:
    zoe = _card(tree, "Zoë Müller")
    assert zoe.parts("N")[:3] == ["Müller", "Zoë", "Anna"]
    assert zoe["NICKNAME"] == "Zo"
    assert zoe.parts("ORG")[0] == "Brücken AG"


def test_a_contact_keeps_its_numbers_and_addresses(tree: Tree) -> None:
    zoe = _card(tree, "Zoë Müller")
    assert zoe.values("EMAIL") == ["zoe@example.com"]
    assert zoe.values("TEL", "WORK") == ["+49 30 1"]
    assert zoe.values("TEL", "HOME") == ["+49 30 2"]
    assert zoe.values("TEL", "CELL") == ["+49 170 3"]
    assert zoe.values("TEL", "FAX", "WORK") == ["+49 30 4"]
    assert zoe.parts("ADR", "HOME")[2:] == ["Hauptstraße 1", "Köln", "NRW", "50667", "Deutschland"]
    assert zoe.parts("ADR", "WORK")[2:] == ["Werkstraße 2", "Bonn", "NRW", "53111", "Deutschland"]


def test_a_contact_keeps_its_birthday_categories_note_and_page(tree: Tree) -> None:
    zoe = _card(tree, "Zoë Müller")
    assert zoe["BDAY"].startswith("1980-02-29")
    assert zoe.words("CATEGORIES") == {"Kunden", "Freunde"}
    assert zoe["NOTE"] == "Line one\nline two"
    assert zoe["URL"].startswith("https://zoe.example.com")


def test_a_contact_keeps_its_photo(tree: Tree) -> None:
    assert _card(tree, "Pia Pixel").has("PHOTO")


def test_a_distribution_list_keeps_its_name_and_its_members(tree: Tree) -> None:
    friends = tree.item_with('name="Friends"').payload
    assert 'name="Ann" email="ann@example.com"' in friends
    assert 'name="Bob &amp; Co" email="bob@example.com"' in friends


def test_an_appointment_keeps_its_time_place_and_texts(tree: Tree) -> None:
    cafe = _event(tree, "Café „Grün“ 🌱")
    assert cafe["DTSTART"].rstrip("Z") == "20261201T080000"
    assert cafe["DTEND"].rstrip("Z") == "20261201T093000"
    assert cafe["LOCATION"] == "Straße 7"
    assert cafe["DESCRIPTION"] == "First line\nsecond line"
    assert cafe.words("CATEGORIES") == {"Work", "Travel"}
    assert cafe["TRIGGER"] == "-PT15M"


def test_an_appointment_shows_as_free_or_busy(tree: Tree) -> None:
    assert _event(tree, "Lunch")["TRANSP"] == faults.transparency_read(free=True)
    assert _event(tree, "Dentist")["TRANSP"] == faults.transparency_read(free=False)


def test_a_private_appointment_is_private(tree: Tree) -> None:
    assert _event(tree, "Dentist")["CLASS"] == "PRIVATE"
    assert _event(tree, "Lunch")["CLASS"] in {"", "PUBLIC"}


@pytest.mark.parametrize(
    ("title", "first", "after"),
    [("Bank holiday", "20261225", "20261226"), ("Trade fair", "20261210", "20261213")],
)
def test_whole_days_stay_whole_days(tree: Tree, title: str, first: str, after: str) -> None:
    found = _event(tree, title)
    assert (found["DTSTART"], found["DTEND"]) == (first, after)


def test_a_meeting_shows_who_takes_part(tree: Tree) -> None:
    meeting = _event(tree, "Kick-off")
    assert {mail.removeprefix("mailto:") for mail in meeting.values("ATTENDEE")} == {ADA.email, BEN.email}


@pytest.mark.parametrize("title", SERIES_TITLES)
def test_a_series_has_the_same_occurrences_as_the_file_it_came_from(tree: Tree, title: str) -> None:
    window = date(2026, 10, 26), date(2027, 3, 26)
    in_kde = [item.payload for item in tree.items_in(tree.folder("Calendar"))]
    shown = occurrences(in_kde, *window, zone="UTC")
    meant = occurrences([SERIES], *window, zone=ZONE)
    wanted = [occurrence for occurrence in meant if occurrence.title.startswith(title)]
    assert len(wanted) > 0
    assert [occurrence for occurrence in shown if occurrence.title.startswith(title)] == wanted


def test_a_replica_has_the_same_occurrences_as_kde(tree: Tree, replica: Replica) -> None:
    window = date(2026, 10, 26), date(2027, 3, 26)
    in_kde = [item.payload for item in tree.items_in(tree.folder("Calendar"))]
    assert occurrences([replica.text("Calendar")], *window, zone=ZONE) == occurrences(in_kde, *window, zone="UTC")


def test_a_task_keeps_its_dates_progress_and_priority(tree: Tree) -> None:
    report = _task(tree, "Write report")
    assert report["DTSTART"].rstrip("Z") == "20261201T080000"
    assert report["DUE"].rstrip("Z") == "20261203T160000"
    assert report["PERCENT-COMPLETE"] == "40"
    assert report["PRIORITY"] == "1"
    assert report["DESCRIPTION"] == "Two pages"


def test_a_task_without_a_start_has_none_in_kde(tree: Tree) -> None:
    tidy = _task(tree, "Tidy up")
    assert tidy["DUE"].startswith("20261224")
    assert not tidy.has("DTSTART")


def test_reading_changes_nothing_on_the_server(tree: Tree, kde: KdeAccount, ox: OxUser) -> None:
    def versions() -> dict[int, int]:
        return {found.id: found.last_modified for found in ox.default("calendar").changes()}

    before = versions()
    kde.synchronise()
    assert versions() == before
    assert {item.remote_revision for item in kde.tree().items} == {item.remote_revision for item in tree.items}
