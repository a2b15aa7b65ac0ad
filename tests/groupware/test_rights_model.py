"""What each user may do in a folder, held against sections 1.7 and 2 of the semantics, written down a second time."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from passerelle.groupware.session import Session
from passerelle.model.errors import Forbidden, NotFound, Refused
from passerelle.model.folders import GLOBAL_ADDRESS_BOOK, PRIVATE, PUBLIC, FolderType, Module, Right, Rights
from passerelle.model.ids import EVERYBODY, FolderId, ItemId
from passerelle.model.items import Contact
from passerelle.model.principals import PrincipalKind
from passerelle.store import Store
from tests.groupware.office import FULL_RIGHTS, Office

LOGINS = ("anna", "bruno", "carla")
GROUPS = {"everybody": set(LOGINS), "staff": {"bruno", "carla"}, "board": {"anna"}}
RIGHTS = st.tuples(*[st.sampled_from([0, 2, 4, 8, 128])] * 4, st.booleans())
PRINCIPALS = [*LOGINS, *GROUPS]


class Undone(Exception):
    """Raised at the end of each attempt: whether it was allowed is all that matters."""


class Case(NamedTuple):
    """A folder of Anna's with entries, and an item in it."""

    kind: FolderType
    entries: dict[str, tuple[int, int, int, int, bool]]
    author: str
    private: bool


def valid(case: Case) -> Case:
    """The case without what no folder can be brought to: strange administrators (2.4), private items in public (4)."""
    if case.kind is FolderType.PUBLIC:
        return case._replace(private=False)
    return case._replace(entries={name: (*row[:4], False) for name, row in case.entries.items()})


cases = st.builds(
    Case,
    st.sampled_from([FolderType.PRIVATE, FolderType.PUBLIC]),
    st.dictionaries(st.sampled_from(PRINCIPALS[1:]), RIGHTS, max_size=4),
    st.sampled_from(LOGINS),
    st.booleans(),
).map(valid)


def allowed(case: Case, login: str) -> set[str]:
    """What a user may do, as the rules say it."""
    folder = read = write = delete = 0
    admin = False
    rows = {"anna": (128, 128, 128, 128, True), **case.entries}
    for name, row in rows.items():
        if name == login or login in GROUPS.get(name, set()):
            folder, read = max(folder, row[0]), max(read, row[1])
            write, delete = max(write, row[2]), max(delete, row[3])
            admin = admin or row[4]
    if not admin and folder < 2:
        return set()
    own = case.author == login
    hidden = case.private and login != "anna"
    may = {"see"}
    if admin:
        may.add("rename")
    if folder >= 4:
        may.add("create")
    if folder >= 8:
        may.add("create folder")
    for name, level in (("read", read), ("change", write), ("delete", delete)):
        if not hidden and (level >= 4 or (level >= 2 and own)):
            may.add(name)
    return may


def attempts(folder: FolderId, item: ItemId) -> dict[str, Callable[[Session], object]]:
    return {
        "see": lambda session: session.folder(folder),
        "rename": lambda session: session.update_folder(folder, name="New name"),
        "create": lambda session: session.create(folder, Contact(last_name="New")),
        "create folder": lambda session: session.create_folder(folder, "Below"),
        "read": lambda session: session.get(item, Module.CONTACTS, folder),
        "change": lambda session: session.update(item, folder, lambda _: {"last_name": "Changed"}),
        "delete": lambda session: session.delete(item, folder),
    }


def permits(session: Session, attempt: Callable[[Session], object]) -> bool:
    def then_undo(inner: Session) -> None:
        attempt(inner)
        raise Undone

    (outcome,) = session.batch([then_undo])
    assert isinstance(outcome, Undone | Forbidden | NotFound), outcome
    return isinstance(outcome, Undone)


def furnish(store: Store, office: Office, case: Case) -> tuple[FolderId, ItemId]:
    """Put the folder there past the rules, so that each combination can be looked at."""
    entries = [office.grant("anna", FULL_RIGHTS)]
    for name, (folder, read, write, delete, admin) in case.entries.items():
        rights = Rights(folder=folder, read=read, write=write, delete=delete, admin=admin)
        if name == "everybody":
            entries.append(Right(kind=PrincipalKind.GROUP, principal=EVERYBODY, rights=rights))
        else:
            entries.append((office.grant if name in LOGINS else office.grant_group)(name, rights))
    parent = PRIVATE if case.kind is FolderType.PRIVATE else PUBLIC
    anna = office.user("anna").id
    with store.writing(anna) as tx:
        made = tx.folders.add(parent, "Case", Module.CONTACTS, case.kind, anna, rights=tuple(entries))
        contact = Contact(last_name="Item", private=case.private)
        item = tx.items.add(made.id, contact, created_by=office.user(case.author).id)
    return made.id, item.id


@pytest.mark.rule("1.7.maximum")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(case=cases)
def test_each_user_may_do_what_the_entries_say_and_nothing_else(office: Office, case: Case) -> None:
    folder, item = furnish(office.store, office, case)
    for login in LOGINS:
        session = office.session(login)
        may = allowed(case, login)
        found = {name for name, attempt in attempts(folder, item).items() if permits(session, attempt)}
        assert found == may, login
        assert (folder in {view.folder.id for view in session.folders().changed}) == ("see" in may)
        assert (item in session.ids(None, Module.CONTACTS)) == ("read" in may)
        listed = {record.id for record in session.changes(None, Module.CONTACTS).items}
        assert (item in listed) == ("read" in may)


SYSTEM_FOLDERS = [FolderId(id_) for id_ in (0, 1, 2, 3, 4, 5, 6, 7)]


@pytest.mark.rule("2.4.system")
@pytest.mark.parametrize("folder", SYSTEM_FOLDERS)
@pytest.mark.parametrize("login", LOGINS)
def test_nobody_can_change_move_empty_or_remove_a_system_folder(office: Office, login: str, folder: FolderId) -> None:
    session = office.session(login)
    grant = (office.grant(login, FULL_RIGHTS),)
    for attempt in (
        lambda: session.update_folder(folder, name="Mine"),
        lambda: session.update_folder(folder, rights=grant),
        lambda: session.update_folder(folder, parent=PUBLIC if folder != PUBLIC else PRIVATE),
        lambda: session.clear_folder(folder),
        lambda: session.delete_folder(folder),
        lambda: session.create(folder, Contact(last_name="New")),
    ):
        with pytest.raises(Refused):
            attempt()


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("folder", SYSTEM_FOLDERS)
def test_folders_can_be_made_below_private_and_public_and_below_no_other_system_folder(
    office: Office, login: str, folder: FolderId
) -> None:
    below = permits(office.session(login), lambda session: session.create_folder(folder, "N", module=Module.TASKS))
    assert below == (folder in {PRIVATE, PUBLIC})


@pytest.mark.parametrize("login", LOGINS)
@pytest.mark.parametrize("whose", LOGINS)
def test_everybody_reads_the_global_address_book_and_changes_only_the_own_entry(
    office: Office, login: str, whose: str
) -> None:
    entry = office.user(whose).contact
    assert entry is not None
    do = attempts(GLOBAL_ADDRESS_BOOK, entry)
    found = {name for name, attempt in do.items() if permits(office.session(login), attempt)}
    assert found == ({"see", "read", "change"} if login == whose else {"see", "read"})
