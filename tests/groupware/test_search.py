"""Search over everything finds words in what people write, and nothing that its reader may not know of."""

from __future__ import annotations

import pytest

from passerelle.model.folders import Module
from passerelle.model.items import Contact, Task
from tests.groupware.office import OWN_READER, READER, VISITOR, Office, at, daily, meeting


def titles(office: Office, text: str, login: str = "anna") -> dict[Module, list[str | None]]:
    found = office.session(login).search(text, 8)
    named = {
        module: [getattr(one.item, "title", None) or getattr(one.item, "display_name", None) for one in some]
        for module, some in found.items()
    }
    return {module: some for module, some in named.items() if some}


@pytest.fixture
def full(office: Office) -> Office:
    session = office.session("anna")
    session.create(office.default("anna"), meeting("Garden party", location="Lefèvre’s “house”"))
    session.create(office.default("anna", Module.CONTACTS), Contact(display_name="Zoé LEFÈVRE", company="Garden & Co"))
    session.create(office.default("anna", Module.TASKS), Task(title="Сад", note="Buy seeds,\nat the GARDEN centre"))
    return office


def test_each_word_may_stand_anywhere_in_any_case(full: Office) -> None:
    assert titles(full, "garden") == {
        Module.CALENDAR: ["Garden party"], Module.CONTACTS: ["Zoé LEFÈVRE"], Module.TASKS: ["Сад"],
    }  # fmt: skip
    assert titles(full, "PARTY lefè") == {Module.CALENDAR: ["Garden party"]}
    assert titles(full, "lefèvre garden co") == {Module.CONTACTS: ["Zoé LEFÈVRE"]}
    assert titles(full, "сад") == {Module.TASKS: ["Сад"]}
    assert titles(full, "garden nobody") == {}
    assert titles(full, " ") == {}


def test_accents_count_no_more_than_case(full: Office) -> None:
    session = full.session("anna")
    for name in ("Ärger in Düsseldorf", "Straße fegen", "Søren, Łukasz", "Œuf à la coque", "CAFE NOIR"):
        session.create(full.default("anna", Module.TASKS), Task(title=name))
    assert titles(full, "lefevre") == {Module.CALENDAR: ["Garden party"], Module.CONTACTS: ["Zoé LEFÈVRE"]}
    for text, title in (
        ("arger dusseldorf", "Ärger in Düsseldorf"), ("STRASSE", "Straße fegen"), ("straße", "Straße fegen"),
        ("soren lukasz", "Søren, Łukasz"), ("oeuf a", "Œuf à la coque"), ("Café", "CAFE NOIR"),
    ):  # fmt: skip
        assert titles(full, text) == {Module.TASKS: [title]}, text


def test_names_of_fields_and_signs_of_patterns_are_no_words_of_people(full: Office) -> None:
    for text in ("title", "%", "_arden", "\\", "percent", "“house”"):
        assert titles(full, text) == ({Module.CALENDAR: ["Garden party"]} if text == "“house”" else {}), text


def test_nobody_finds_what_is_private_or_may_not_be_read(full: Office) -> None:
    folder = full.share_default("anna", full.grant("bruno", READER), Module.TASKS)
    full.session("anna").create(folder, Task(title="Garden secret", private=True))
    full.private("carla", "Other", Module.TASKS, full.grant("bruno", VISITOR))
    own = full.public("carla", "Each their own", Module.TASKS, full.grant("bruno", OWN_READER)).id
    full.session("carla").create(own, Task(title="Garden of Carla"))
    assert titles(full, "garden", "bruno") == {Module.TASKS: ["Сад"]}
    assert titles(full, "garden", "carla") == {Module.TASKS: ["Garden of Carla"]}


def test_a_series_comes_once_and_a_meeting_of_two_calendars_too(office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna")
    series = session.create(
        folder, meeting("Rehearsal", recurrence=daily(4), participants=office.invite("anna", "bruno"))
    )
    session.change_occurrence(series.id, folder, 2, lambda _: {"location": "Town hall"})
    office.share_default("bruno", office.grant("anna", READER))
    assert titles(office, "rehearsal") == {Module.CALENDAR: ["Rehearsal"]}
    assert titles(office, "town hall") == {Module.CALENDAR: ["Rehearsal"]}


def test_what_was_changed_last_comes_first_and_no_more_than_is_wanted(office: Office) -> None:
    session, folder = office.session("anna"), office.default("anna")
    for hour in range(8, 20):
        session.create(folder, meeting(f"Number {hour}", at(hour)))
    found = session.search("number", 3)[Module.CALENDAR]
    assert [one.item.title for one in found] == ["Number 19", "Number 18", "Number 17"]  # type: ignore[union-attr]  # appointments
