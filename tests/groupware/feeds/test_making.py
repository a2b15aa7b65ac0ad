"""Who may give a calendar to others as a link, and whom a link lets in."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from passerelle.groupware.admin.removal import Fate, remove_user
from passerelle.groupware.admin.users import UserChange, change_user
from passerelle.groupware.feeds import making
from passerelle.groupware.feeds.making import MOST, Link, create, of_folder, proof_of, revoke
from passerelle.groupware.feeds.reading import open_feed
from passerelle.groupware.session import Session
from passerelle.groupware.teller import Teller
from passerelle.model.errors import Contradiction, Forbidden, Invalid, NotFound
from passerelle.model.folders import Module
from passerelle.model.principals import Capability
from passerelle.store import Store
from passerelle.store.feeds import Detail
from tests.groupware.feeds.feeding import link, told
from tests.groupware.office import EDITOR, FULL_RIGHTS, READER, Office, meeting


def opens(office: Office, made: Link) -> bool:
    return told(office.store, made) is not None


def test_a_link_opens_its_calendar_and_another_token_none(office: Office) -> None:
    made = link(office)
    assert opens(office, made)
    for token in (
        "",
        made.token[:-1],
        made.token + "x",
        made.token.swapcase(),
        made.feed.proof,
        made.feed.id,
        "\udcff",
    ):
        with office.store.reading() as tx:
            assert open_feed(tx, proof_of(token)) is None


def test_the_store_does_not_know_the_token_which_has_256_bits(office: Office) -> None:
    made = link(office)
    assert making.TOKEN_BYTES * 8 >= 256
    with office.store.reading() as tx:
        known = msgspec.json.encode(tx.feeds.all())
    assert made.token.encode() not in known
    assert made.feed.proof.encode() in known


def test_an_owner_and_an_administrator_share_a_calendar_and_a_mere_reader_does_not(office: Office) -> None:
    own = office.private("anna", "Team", Module.CALENDAR, office.grant("bruno", EDITOR))
    public = office.public("anna", "All", Module.CALENDAR, office.grant("bruno", FULL_RIGHTS))
    assert opens(office, link(office, folder=own.id))
    assert opens(office, link(office, folder=public.id))
    assert opens(office, link(office, login="bruno", folder=public.id))
    with pytest.raises(Forbidden):
        link(office, login="bruno", folder=own.id)
    with pytest.raises(NotFound):
        link(office, login="carla", folder=own.id)


def test_only_calendars_are_shared_and_for_somebody(office: Office) -> None:
    with pytest.raises(Contradiction):
        link(office, folder=office.default("anna", Module.CONTACTS))
    for label in ("", " \n ", "x" * 101):
        with pytest.raises(Invalid):
            create(office.session("anna"), office.default("anna"), Detail.BUSY, label)


def test_a_replica_makes_no_links(office: Office) -> None:
    session = Session(office.store, office.user("anna").id, teller=Teller.SERVER)
    with pytest.raises(Contradiction):
        create(session, office.default("anna"), Detail.BUSY, "Sister")


def test_nobody_makes_links_without_end(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "MOST", 2)
    link(office), link(office)
    with pytest.raises(Contradiction):
        link(office)
    assert MOST >= 2
    link(office, login="bruno")


def test_a_link_that_is_revoked_opens_nothing_and_others_go_on(office: Office) -> None:
    made, other = link(office), link(office)
    with pytest.raises(NotFound):
        revoke(office.session("bruno"), made.feed.id)
    assert opens(office, made)
    revoke(office.session("anna"), made.feed.id)
    assert not opens(office, made)
    assert opens(office, other)
    assert of_folder(office.session("anna"), office.default("anna")) == [other.feed]
    with pytest.raises(NotFound):
        revoke(office.session("anna"), made.feed.id)


def test_a_link_opens_nothing_while_its_maker_cannot_log_in(office: Office) -> None:
    made = link(office)
    change_user(office.store, "anna", UserChange(disabled=True))
    assert not opens(office, made)
    change_user(office.store, "anna", UserChange(disabled=False))
    assert opens(office, made)


def test_a_link_goes_with_its_maker(office: Office) -> None:
    public = office.public("anna", "All", Module.CALENDAR, office.grant("bruno", FULL_RIGHTS))
    made, kept = link(office, folder=public.id), link(office, login="bruno", folder=public.id)
    remove_user(office.store, "anna", Fate.DELETE, "bruno")
    assert not opens(office, made)
    assert opens(office, kept)
    with office.store.reading() as tx:
        assert tx.feeds.all() == [kept.feed]


def test_a_link_goes_with_its_calendar(office: Office) -> None:
    folder = office.private("anna", "Team")
    made = link(office, folder=folder.id)
    office.session("anna").delete_folder(folder.id)
    assert not opens(office, made)
    with office.store.reading() as tx:
        assert tx.feeds.all() == []


def test_a_link_follows_the_right_of_its_maker(office: Office) -> None:
    public = office.public("anna", "All", Module.CALENDAR, office.grant("bruno", FULL_RIGHTS))
    made = link(office, login="bruno", folder=public.id)
    whole = office.grant("anna", FULL_RIGHTS)
    for rights in ((whole, office.grant("bruno", READER)), (whole,)):
        office.session("anna").update_folder(public.id, rights=rights)
        assert not opens(office, made)
    office.session("anna").update_folder(public.id, rights=(whole, office.grant("bruno", FULL_RIGHTS)))
    assert opens(office, made)


def test_who_may_have_no_calendar_shares_none(office: Office) -> None:
    made = link(office)
    change_user(office.store, "anna", UserChange(withheld=frozenset({Capability.CALENDAR})))
    assert not opens(office, made)


def test_a_backup_that_is_restored_brings_no_revoked_link_back(office: Office, tmp_path: Path) -> None:
    office.session("anna").create(office.default("anna"), meeting("Secret"))
    made = link(office)
    office.store.back_up(tmp_path / "backup.zip")
    revoke(office.session("anna"), made.feed.id)
    Store.restore(tmp_path / "restored", tmp_path / "backup.zip")
    with Store.open(tmp_path / "restored") as store:
        assert told(store, made) is None
        with store.reading() as tx:
            assert tx.feeds.all() == []
