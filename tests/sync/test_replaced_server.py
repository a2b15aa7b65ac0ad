"""A server whose data were replaced, by a backup or by others: it is noticed and asked about, and nothing gets lost."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest

from passerelle.groupware.attachments import NewFile, Target
from passerelle.groupware.lineage import lineage
from passerelle.groupware.session import Session
from passerelle.model.errors import Contradiction
from passerelle.model.folders import PRIVATE, Module
from passerelle.model.items import Appointment, Contact
from passerelle.model.moments import Timed
from passerelle.model.participants import Participant, ParticipantKind
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.peers.ox_webdav import OxWebDav
from passerelle.store import Store
from passerelle.sync.replaced.noticing import ServerReplaced
from passerelle.sync.replica import Replica
from tests.sync.real_server import Device, RealServer, default_folder, real_server, records

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def appointment(title: str, number: int = 0, **values: object) -> Appointment:
    start = START + timedelta(days=number)
    return Appointment(when=Timed(start=start, end=start + timedelta(hours=1), zone="UTC"), title=title, **values)  # type: ignore[arg-type]


def titles(session: Session, module: Module = Module.CALENDAR) -> list[str]:
    """What the user's folders of a module hold, folder by folder."""
    mine = [view.folder for view in session.folders().changed if view.folder.owner == session.user_id]
    folders = [folder for folder in mine if folder.module is module]
    found = [(folder.name, record.item) for folder in folders for record in records(session, folder)]
    return sorted(f"{name}: {item.title}" for name, item in found if isinstance(item, Appointment))


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    with real_server(tmp_path / "first") as running:
        for login in ("anton", "berta"):
            running.add_user(login)
        session = running.session("anton")
        for number in range(3):
            session.create(default_folder(session).id, appointment(f"old {number}", number))
        weekly = Recurrence(rules=(Rule(frequency=Frequency.WEEKLY, count=6),))
        series = session.create(default_folder(session).id, appointment("weekly", 5, recurrence=weekly))
        session.change_occurrence(
            series.id, series.folder, (START + timedelta(days=12)).date(), lambda _: {"title": "other"}
        )
        yield running


@pytest.fixture
def device(server: RealServer) -> Device:
    device = server.device("anton")
    device.cycle()
    return device


@contextmanager
def restored(server: RealServer, tmp_path: Path) -> Iterator[RealServer]:
    """The server as it was when ``backup.zip`` was made."""
    Store.restore(tmp_path / "second" / "server", tmp_path / "backup.zip")
    with real_server(tmp_path / "second") as running:
        running.users.update(server.users)
        yield running


def to_rest(replica: Replica, peer: OxWebDav) -> None:
    for _ in range(5):
        if not replica.cycle(peer).total:
            return
    raise AssertionError("The replica and the server never come to rest.")


def refused(replica: Replica, peer: OxWebDav) -> str:
    with pytest.raises(ServerReplaced) as raised:
        replica.cycle(peer)
    return str(raised.value)


def test_a_restored_server_is_asked_about_and_gets_back_what_it_lost_from_two_devices_without_doubles(
    server: RealServer, tmp_path: Path
) -> None:
    first, second = server.device("anton"), server.device("anton")
    first.cycle()
    server.store.back_up(tmp_path / "backup.zip")
    session = first.session
    for number in range(3):
        session.create(first.folder().id, appointment(f"lost {number}", 10 + number))
    session.create(first.folder(Module.CONTACTS).id, Contact(last_name="Lost"))
    made = session.create_folder(PRIVATE, "Lost folder", module=Module.CALENDAR)
    session.create(made.id, appointment("in it", 20))
    by_title = {record.item.title: record for record in first.records() if isinstance(record.item, Appointment)}
    session.update(by_title["old 0"].id, None, lambda _: {"title": "old 0, changed since"})
    session.delete(by_title["old 1"].id)
    file = NewFile(name="lost.txt", media_type="text/plain", size=4, stream=BytesIO(b"lost"))
    session.attach(Target(by_title["old 2"].id, Module.CALENDAR), file)
    first.cycle()
    second.cycle()
    session.create(first.folder().id, appointment("not sent yet", 30))
    before = set(titles(first.session))
    with restored(server, tmp_path) as again:
        there = again.session("anton")
        there.create(default_folder(there).id, appointment("new under an old number", 40))
        peer = again.connect("anton")
        for device in (first, second):
            for _ in range(2):
                assert "replaced" in refused(device.replica, peer)
        assert titles(first.session) == sorted(before), "nothing is touched until the user has decided"
        assert len(titles(there)) == 6
        for device in (first, second):
            assert device.replica.waiting.replaced
            device.replica.waiting.accept()
            to_rest(device.replica, peer)
        for device in (first, second):
            to_rest(device.replica, peer)
        expected = sorted([*before, "Calendar: old 1", "Calendar: new under an old number"])
        assert titles(there) == titles(first.session) == titles(second.session) == expected
        for session in (there, first.session, second.session):
            files = [file.name for one in records(session, default_folder(session)) for file in one.attachments]
            assert files == ["lost.txt"]
            contacts = records(session, default_folder(session, Module.CONTACTS))
            assert [one.item.last_name for one in contacts if isinstance(one.item, Contact)] == ["Lost"]
        assert all(not device.replica.waiting.skipped() for device in (first, second))
        there.delete(next(one for one in records(there, default_folder(there)) if one.master is None).id)
        first.replica.cycle(peer)
        assert titles(first.session) == titles(there), "afterwards a deletion is a deletion again"
        peer.close()


def test_no_colleague_is_invited_again_to_what_a_restored_server_lost(server: RealServer, tmp_path: Path) -> None:
    device = server.device("anton")
    device.cycle()
    server.store.back_up(tmp_path / "backup.zip")
    guests = (
        Participant(kind=ParticipantKind.USER, id=server.users["anton"].id),
        Participant(kind=ParticipantKind.USER, id=server.users["berta"].id),
    )
    device.session.create(device.folder().id, appointment("with guests", 400, participants=guests))
    device.cycle()
    device.session.create(device.folder().id, appointment("new, with guests", 401, participants=guests))
    with restored(server, tmp_path) as again:
        peer = again.connect("anton")
        refused(device.replica, peer)
        device.replica.waiting.accept()
        to_rest(device.replica, peer)
        peer.close()
        with again.store.reading() as tx:
            told = [mail.content for mail in tx.outbox.unsent()]
    assert len(titles(device.session)) == 7
    (only,) = told
    assert b"new, with guests" in only


def test_a_server_that_only_was_another_for_a_while_is_gone_on_with_by_itself(
    server: RealServer, device: Device, tmp_path: Path
) -> None:
    with real_server(tmp_path / "second") as fresh:
        fresh.add_user("anton")
        peer = fresh.connect("anton")
        refused(device.replica, peer)
        peer.close()
    before = titles(device.session)
    device.cycle()
    assert not device.replica.waiting.replaced
    assert titles(device.session) == titles(server.session("anton")) == before
    with pytest.raises(Contradiction):
        device.replica.waiting.accept()


def test_a_fresh_server_at_the_old_address_gets_everything_if_the_user_says_so(
    server: RealServer, device: Device, tmp_path: Path
) -> None:
    before = titles(device.session)
    with real_server(tmp_path / "second") as fresh:
        fresh.add_user("anton")
        peer = fresh.connect("anton")
        refused(device.replica, peer)
        device.replica.waiting.accept()
        to_rest(device.replica, peer)
        assert titles(fresh.session("anton")) == titles(device.session) == before
        peer.close()


def test_a_login_that_belongs_to_another_user_gets_nothing_of_the_account(
    server: RealServer, device: Device, tmp_path: Path
) -> None:
    before = titles(device.session)
    with real_server(tmp_path / "second") as other:
        other.add_user("zacharias")
        other.add_user("anton")
        peer = other.connect("anton")
        assert "another user" in refused(device.replica, peer)
        with pytest.raises(Contradiction, match="another user"):
            device.replica.waiting.accept()
        refused(device.replica, peer)
        assert titles(other.session("anton")) == []
        peer.close()
    assert titles(device.session) == before


@pytest.mark.parametrize("reuses", [False, True], ids=["it knows less", "it has others under the same numbers"])
def test_files_that_were_copied_back_are_noticed_though_the_server_cannot_know(
    server: RealServer, device: Device, tmp_path: Path, *, reuses: bool
) -> None:
    shutil.copytree(tmp_path / "first" / "server", tmp_path / "second" / "server")
    device.session.create(device.folder().id, appointment("lost", 10))
    to_rest(device.replica, device.peer)
    with real_server(tmp_path / "second") as copied:
        copied.users.update(server.users)
        assert lineage(copied.store) == lineage(server.store)
        there = copied.session("anton")
        if reuses:
            there.create(default_folder(there).id, appointment("new", 11))
        peer = copied.connect("anton")
        refused(device.replica, peer)
        refused(device.replica, peer)
        device.replica.waiting.accept()
        to_rest(device.replica, peer)
        assert "Calendar: lost" in titles(there)
        assert titles(there) == titles(device.session)
        assert len(titles(there)) == 6 + reuses
        peer.close()
