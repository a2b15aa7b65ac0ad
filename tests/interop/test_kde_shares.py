"""KDE answers invitations, changes single occurrences, and works in folders that others share with its user."""

from __future__ import annotations

import re

import pytest

from tests.interop.akonadi.peer import CONTACT, AkonadiPeer, KdeAccount, KdeFolder, NotAcknowledged
from tests.interop.conftest import ADA, BEN
from tests.interop.samples import person
from tests.support.commands import Server
from tests.support.ox import elements as el
from tests.support.ox.answers import Response
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value
from tests.support.waiting import eventually

READER, EDITOR = "2/4/0/0", "8/4/4/4"
CAN_CREATE_ITEMS = 0x4
REFUSAL_PATIENCE_S = 2.0


@pytest.fixture(scope="module")
def bens_kde(akonadi: AkonadiPeer, running_server: Server) -> KdeAccount:
    """Ben's account in KDE."""
    return akonadi.connect(running_server.url, BEN.login, BEN.password)


def meeting(day: str, title: str, **fields: Value) -> dict[str, Value]:
    start = el.ms(f"{day} 09:00")
    return {"title": title, "start_date": start, "end_date": start + el.HOUR, "ignore_conflicts": True, **fields}


def answers(ox: OxUser, made: Response) -> dict[str, str]:
    return {one["text"]: one["confirm"] for one in ox.default("calendar").load(made).entries("participants")}


def share(ox: OxUser, title: str, module: str, levels: str, other: OxUser) -> Folder:
    return ox.make_folder(module, title, el.right(other.id, levels))


def shown(kde: KdeAccount, title: str) -> KdeFolder:
    kde.synchronise()
    return kde.tree().folder(title)


@pytest.mark.parametrize(("partstat", "confirm"), [("ACCEPTED", "accept"), ("DECLINED", "decline")])
def test_an_answer_given_in_kde_is_the_users_and_leaves_those_of_the_others(
    bens_kde: KdeAccount, ox: OxUser, bens_ox: OxUser, partstat: str, confirm: str
) -> None:
    people = el.together(el.user(ox.id), el.user(bens_ox.id))
    made = ox.default("calendar").create(**meeting("2027-02-01", f"Answer {confirm}", participants=people))
    bens_kde.synchronise()
    item = bens_kde.tree().item_with(f"SUMMARY:Answer {confirm}")

    unfolded = re.sub(r"\r?\n[ \t]", "", item.payload)
    bens_kde.replace_item(item, re.sub(r"PARTSTAT=[A-Z-]+(?=[^\n]*ben@example\.org)", f"PARTSTAT={partstat}", unfolded))

    assert answers(ox, made) == {str(ox.id): "accept", str(bens_ox.id): confirm}


def test_a_changed_occurrence_is_changed_and_deleted_in_kde_as_the_appointment_that_it_is(
    kde: KdeAccount, ox: OxUser
) -> None:
    calendar = ox.default("calendar")
    pattern: dict[str, Value] = {"recurrence_type": "daily", "interval": 1, "occurrences": 4}
    series = calendar.create(**meeting("2027-02-08", "Series"), **pattern)
    day = el.ms("2027-02-09")
    changed = calendar.update(
        calendar.load(series), recurrence_date_position=day, title="Odd day", ignore_conflicts=True
    )
    kde.synchronise()
    item = kde.tree().item_with("SUMMARY:Odd day")
    assert item.remote_id == str(changed.id)

    item = kde.replace_item(item, item.payload.replace("Odd day", "Very odd day"))

    stored = calendar.load(changed)
    assert (stored["title"], stored["recurrence_id"]) == ("Very odd day", str(series.id))
    assert calendar.load(series)["changeexceptions"] == str(day)

    kde.delete_item(item)
    kde.synchronise()

    eventually(lambda: calendar.try_load(changed).status == "404", "the server has heard of the deletion")
    master = calendar.load(series)
    assert master["deleteexceptions"] == str(day)
    assert "changeexceptions" not in master


def test_in_a_shared_folder_kde_makes_changes_and_deletes_items_for_its_owner(
    kde: KdeAccount, ox: OxUser, bens_ox: OxUser
) -> None:
    book = share(bens_ox, "Ben's people", "contact", EDITOR, ox)
    folder = shown(kde, "Ben's people")
    assert folder.rights & CAN_CREATE_ITEMS

    made = kde.create_item(folder, CONTACT, person("Greta", "Guest"))
    (hers,) = book.changes()
    assert (hers["last_name"], hers["created_by"]) == ("Guest", str(ox.id))

    changed = kde.replace_item(made, made.payload.replace("Greta", "Gerda"))
    assert book.load(hers)["first_name"] == "Gerda"

    kde.delete_item(changed)
    kde.synchronise()
    eventually(lambda: book.live() == [], "the server has heard of the deletion")


def test_a_reader_s_changes_are_refused(kde: KdeAccount, ox: OxUser, bens_ox: OxUser) -> None:
    book = share(bens_ox, "Ben's secrets", "contact", READER, ox)
    item = book.create(last_name="Read", first_name="Only")
    folder = shown(kde, "Ben's secrets")
    assert not folder.rights & CAN_CREATE_ITEMS

    seen = kde.tree().item_with("Read")
    with pytest.raises(NotAcknowledged):
        kde.replace_item(seen, seen.payload.replace("Only", "Write"), patience_s=REFUSAL_PATIENCE_S)

    assert book.load(item)["first_name"] == "Only"


def test_what_turns_private_goes_from_the_desktops_of_others(kde: KdeAccount, ox: OxUser, bens_ox: OxUser) -> None:
    book = share(bens_ox, "Ben's friends", "contact", READER, ox)
    item = book.create(last_name="Shy")
    shown(kde, "Ben's friends")
    assert kde.tree().item_of(str(item.id)) is not None

    book.update(item, private_flag=True)
    kde.synchronise()

    eventually(lambda: kde.tree().item_of(str(item.id)) is None, "KDE has taken it off, a moment after it was done")


def test_a_folder_that_is_not_shared_any_more_holds_nothing_up_and_new_accounts_lack_it(
    akonadi: AkonadiPeer, running_server: Server, kde: KdeAccount, ox: OxUser, bens_ox: OxUser
) -> None:
    """The account that knew the folder keeps it: KDE takes no folder away by itself (faults.py)."""
    book = share(bens_ox, "Ben's club", "contact", READER, ox)
    book.create(last_name="Member")
    shown(kde, "Ben's club")

    bens_ox.write_well("folders", object_id=book.id, permissions=el.owner(bens_ox.id))
    kde.synchronise()

    made = kde.create_item(kde.tree().folder("Contacts"), CONTACT, person("Still", "Working"))
    assert ox.default("contact").load(int(made.remote_id))["last_name"] == "Working"
    fresh = akonadi.connect(running_server.url, ADA.login, ADA.password).tree()
    assert fresh.folder_of(str(book.id)) is None
    assert fresh.item_of(made.remote_id) is not None
