"""What is withheld from a user caps all rights (semantics reference, section 1.7)."""

from __future__ import annotations

import pytest

from passerelle.groupware.admin.users import UserChange, change_user
from passerelle.model.errors import Forbidden, NotFound
from passerelle.model.folders import FIRST_ORDINARY, GLOBAL_ADDRESS_BOOK, PRIVATE, PUBLIC, Module, Rights
from passerelle.model.ids import FolderId, Stamp
from passerelle.model.items import Contact
from passerelle.model.principals import Capability
from tests.groupware.office import EDITOR, FULL_RIGHTS, READER, VISITOR, Office, meeting


def withhold(office: Office, login: str, *names: Capability) -> None:
    change_user(office.store, login, UserChange(withheld=frozenset(names)))


def seen(office: Office, login: str) -> set[FolderId]:
    return {view.folder.id for view in office.session(login).folders().changed if view.folder.id >= FIRST_ORDINARY}


def now(office: Office) -> Stamp:
    with office.store.reading() as tx:
        return Stamp(tx.folders.clock() + 1)


@pytest.mark.rule("1.7.capped")
@pytest.mark.rule("1.4.2")
def test_without_a_module_its_folders_are_gone_and_come_back_whole(office: Office) -> None:
    own = office.default("anna")
    session = office.session("anna")
    item = session.create(own, meeting())
    since = now(office)
    withhold(office, "anna", Capability.CALENDAR)
    assert session.folders(since).gone == (own,)
    with pytest.raises(NotFound):
        session.create(own, meeting())
    with pytest.raises(NotFound):
        session.get(item.id, Module.CALENDAR)
    with pytest.raises(Forbidden) as refusal:
        session.create_folder(PRIVATE, "More", module=Module.CALENDAR)
    assert refusal.value.code == "FLD-0002"
    assert office.default("anna", Module.TASKS) in seen(office, "anna")
    since = now(office)
    withhold(office, "anna")
    assert {view.folder.id for view in session.folders(since).changed} == {own}
    assert {one.id for one in session.changes(None, Module.CALENDAR, since).items} == {item.id}, "the full answer"


@pytest.mark.rule("1.7.capped")
@pytest.mark.rule("1.4.2")
def test_without_full_public_access_public_folders_can_be_read_only(office: Office) -> None:
    folder = office.public("anna", "All", Module.CALENDAR, office.grant("bruno", EDITOR))
    item = office.session("anna").create(folder.id, meeting())
    withhold(office, "bruno", Capability.PUBLIC)
    withhold(office, "anna", Capability.PUBLIC)
    bruno = office.session("bruno")
    assert bruno.folder(folder.id).effective == Rights(folder=2, read=4)
    assert not office.session("anna").folder(folder.id).effective.admin
    assert bruno.get(item.id, Module.CALENDAR).id == item.id
    for attempt in (
        lambda: bruno.create(folder.id, meeting()),
        lambda: bruno.update(item.id, folder.id, lambda _: {"title": "Other"}),
        lambda: bruno.delete(item.id, folder.id),
        lambda: bruno.create_folder(PUBLIC, "New", module=Module.CALENDAR),
        lambda: bruno.update(office.user("bruno").contact, GLOBAL_ADDRESS_BOOK, lambda _: {"mobile": "1"}),  # type: ignore[arg-type]
    ):
        with pytest.raises(Forbidden):
            attempt()


@pytest.mark.rule("1.7.capped")
@pytest.mark.rule("2.4.withheld")
def test_without_full_shared_access_nothing_of_others_is_seen_or_shared(office: Office) -> None:
    shared = office.share_default("anna", office.grant("bruno", READER))
    since = now(office)
    withhold(office, "bruno", Capability.SHARED)
    assert office.session("bruno").folders(since).gone == (shared,)
    assert shared not in seen(office, "bruno")
    with pytest.raises(Forbidden):
        office.share_default("bruno", office.grant("carla", READER))
    office.session("bruno").create_folder(PRIVATE, "Mine", module=Module.TASKS)


@pytest.mark.rule("2.4.withheld")
@pytest.mark.parametrize(
    ("withheld", "module", "refused"),
    [
        (Capability.SHARED, Module.CALENDAR, True),
        (Capability.TASKS, Module.TASKS, True),
        (Capability.TASKS, Module.CALENDAR, False),
        (Capability.PUBLIC, Module.CALENDAR, False),
    ],
)
def test_nobody_shares_with_whom_it_is_withheld_from_and_the_refusal_names_the_person(
    office: Office, withheld: Capability, module: Module, *, refused: bool
) -> None:
    withhold(office, "bruno", withheld)
    if not refused:
        office.share_default("anna", office.grant("bruno", READER), module)
        return
    with pytest.raises(Forbidden, match="Bruno Blanc"):
        office.share_default("anna", office.grant("bruno", READER), module)


def test_a_public_folder_is_shared_for_reading_with_who_may_change_none(office: Office) -> None:
    withhold(office, "bruno", Capability.PUBLIC)
    office.public("anna", "Read", Module.CALENDAR, office.grant("bruno", READER))
    with pytest.raises(Forbidden, match="Bruno Blanc"):
        office.public("anna", "Write", Module.CALENDAR, office.grant("bruno", EDITOR))


def test_shares_that_are_there_stay_when_others_are_added(office: Office) -> None:
    folder = office.share_default("anna", office.grant("bruno", READER))
    withhold(office, "bruno", Capability.SHARED)
    rights = (office.grant("anna", FULL_RIGHTS), office.grant("bruno", READER), office.grant("carla", VISITOR))
    assert len(office.session("anna").update_folder(folder, rights=rights).rights) == 3


def test_others_are_not_told_of_what_is_withheld_from_one(office: Office) -> None:
    since = now(office)
    withhold(office, "bruno", Capability.CONTACTS)
    gone = office.session("anna").folders(since)
    assert gone.gone == ()
    office.session("anna").create(office.default("anna", Module.CONTACTS), Contact(last_name="X"))
