"""Links to calendars on the command line: all that is known of them is shown, and they are revoked."""

from __future__ import annotations

from pathlib import Path

import msgspec

from passerelle.groupware.feeds.making import Link, create, proof_of
from passerelle.groupware.feeds.reading import open_feed
from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction, NotFound
from passerelle.model.folders import Module
from passerelle.store import Store
from passerelle.store.feeds import Detail
from tests.cli.conftest import Command


def link(office: Path, login: str) -> Link:
    with Store.open(office) as store:
        with store.reading() as tx:
            user = tx.principals.user_by_login(login)
        assert user is not None
        session = Session(store, user.id)
        calendar = next(
            one.folder.id
            for one in session.folders().changed
            if one.folder.is_default and one.folder.module is Module.CALENDAR and one.folder.owner == user.id
        )
        return create(session, calendar, Detail.LIMITED, "Choir")


def test_links_are_listed_without_what_opens_them_and_revoked(command: Command, office: Path) -> None:
    made = link(office, "anna")
    shown = command("server", "feeds", "list", "--data", office)
    assert shown.code == 0
    assert "Choir" in shown.out
    told = command("server", "feeds", "list", "--user", "anna", "--json", "--data", office)
    found = msgspec.json.decode(told.out, type=list[dict[str, str]])
    (facts,) = found
    assert (facts["id"], facts["login"], facts["detail"], facts["fetched"]) == (made.feed.id, "anna", "limited", "")
    assert made.token not in shown.out + told.out
    assert made.feed.proof not in shown.out + told.out
    assert command("server", "feeds", "revoke", made.feed.id[:8], "--data", office).code == 0
    assert command("server", "feeds", "list", "--json", "--data", office).json() == []
    with Store.open(office) as store, store.reading() as tx:
        assert open_feed(tx, proof_of(made.token)) is None
    assert "revoked" in command("server", "audit", "--data", office).out


def test_a_beginning_that_several_have_revokes_none(command: Command, office: Path) -> None:
    made = [link(office, "anna") for _ in range(17)]  # one more than there are hexadecimal digits
    start = next(one.feed.id[0] for one in made if sum(each.feed.id[0] == one.feed.id[0] for each in made) > 1)
    assert command("server", "feeds", "revoke", start, "--data", office).code == Contradiction.exit_code
    assert command("server", "feeds", "list", "--data", office).out.count("Choir") == len(made)


def test_what_is_not_there_is_said(command: Command, office: Path) -> None:
    for start in ("nothing", ""):
        assert command("server", "feeds", "revoke", start, "--data", office).code == NotFound.exit_code
    assert command("server", "feeds", "list", "--user", "nobody", "--data", office).code == NotFound.exit_code
    empty = command("server", "feeds", "list", "--data", office)
    assert (empty.code, empty.err) == (0, "")
