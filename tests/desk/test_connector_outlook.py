"""What the connector's dialogs tell of Outlook, without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.peers.naming import OUTLOOK
from passerelle.peers.outlook import marks
from passerelle.peers.outlook.constants import DefaultFolder
from passerelle.peers.outlook.datafile import find_store
from passerelle.store import Skipped, Store
from passerelle.sync.accounts.registry import Account
from passerelle.sync.replaced.noticing import Replacement, Sign
from passerelle.sync.skipped.quarantine import UP
from passerelle.sync.successes import note_success, note_trouble
from tests.desk.home import Home, Windows, home_at, visiting
from tests.desk.scenes import calendar_of
from tests.desk.serving import Visitor
from tests.groupware.office import meeting
from tests.support.waiting import eventually

AT = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.fixture
def home(url: str, tmp_path: Path) -> Iterator[Home]:
    with home_at(url, tmp_path / "home") as found:
        yield found


@pytest.fixture
def account(home: Home) -> Account:
    """An account that Outlook shows."""
    known = home.add()
    return home.accounts.change(known.name, lambda one: msgspec.structs.replace(one, outlook="C:/anna.pst"))


@pytest.fixture
def user(home: Home, account: Account) -> Iterator[Visitor]:
    with visiting(home) as someone:
        yield someone


def memory(home: Home, account: Account) -> Store:
    """The replica's store, with what it remembers of Outlook."""
    return home.household.replica(account).store.of_peer(OUTLOOK)


def test_what_outlook_refused_waits_with_its_own_choices_and_stays_here_when_given_up(
    user: Visitor, home: Home, account: Account
) -> None:
    replica = home.household.replica(account)
    record = replica.session().create(calendar_of(home), meeting("Plan"))
    message = Text("Outlook says no.")
    with memory(home, account).writing(replica.membership.user) as tx:
        entry = Skipped(folder=record.folder, direction=UP, local=record.id, code="x", message=message, since=AT)
        number = tx.sync.put_skipped(entry).id
    page = user.get("/sync/waiting").text
    assert all(one in page for one in ("Refused in Outlook: “Plan” in Calendar", "Outlook says no.", "In Outlook"))
    assert "Here and on the server it stays." in page
    assert "Keep a copy" not in page
    assert user.post("/sync/keep", account="anna", number=number).status_code == 422
    assert user.post("/sync/discard", account="anna", number=number).status_code == 204
    assert "Nothing waits" in user.get("/sync/asked").text
    assert "Plan" in user.get("/calendar/item", id=record.id, folder=record.folder).text


def test_another_data_file_is_asked_about_and_taken(user: Visitor, home: Home, account: Account) -> None:
    noticed = Replacement(since=AT, sign=Sign.LINEAGE, lineage="2", peer=OUTLOOK)
    with memory(home, account).writing(home.household.replica(account).membership.user) as tx:
        tx.sync.set("server replaced", noticed)
        tx.sync.put_skipped(Skipped(folder=calendar_of(home), direction=UP, code="x", message=Text("No."), since=AT))
    page = user.get("/sync/waiting").text
    assert "The data file in Outlook is not the one that it was." in page
    assert "The server’s data were replaced" not in page
    assert user.post("/sync/accept", account="anna").status_code == 422
    assert user.post("/sync/accept", account="anna", peer="outlook").status_code == 204
    assert "Nothing waits" in user.get("/sync/asked").text


@pytest.fixture
def windows() -> Windows:
    return Windows()


@pytest.fixture
def there(url: str, tmp_path: Path, windows: Windows) -> Iterator[Home]:
    """A machine with Outlook, and an account that is not in it yet."""
    with home_at(url, tmp_path / "there", windows.setup) as found:
        found.add()
        yield found


def test_an_account_is_shown_in_outlook_and_taken_out_of_it_again(there: Home, windows: Windows) -> None:
    usual = str(there.accounts.directory_of(there.accounts.get()) / "outlook" / "anna.pst")
    with visiting(there) as someone:
        page = someone.get("/sync/outlook").text
        assert all(words in page for words in ("Outlook runs.", "Show it in Outlook", "Outlook 2016"))
        assert someone.post("/sync/outlook/set-up", account="anna").status_code == 204
        assert there.accounts.get().outlook == usual
        assert windows.stores() == [usual]
        page = someone.get("/sync/outlook/state").text
        assert all(words in page for words in ("Folders in Outlook", "Take it out"))
        assert someone.post("/sync/outlook/set-up", account="anna").status_code == 422
        eventually(lambda: there.household.progress(there.accounts.get()) is None, "the cycle is over")
        assert someone.post("/sync/outlook/remove", account="anna").status_code == 204
        assert (there.accounts.get().outlook, windows.stores()) == ("", [])


@pytest.mark.parametrize(
    ("chosen", "calendars", "is_kept_apart"),
    [({"place": "own"}, "default", True), ({"place": "all", "send_existing": "yes"}, "calendars", False)],
)
def test_the_own_folders_may_be_outlook_s_own(
    there: Home, windows: Windows, chosen: dict[str, str], calendars: str, is_kept_apart: bool
) -> None:
    with visiting(there) as someone:
        for nonsense in ({"place": "moon"}, {"send_existing": "yes"}):
            assert someone.post("/sync/outlook/set-up", account="anna", **nonsense).status_code == 422
        assert windows.stores() == []
        assert someone.post("/sync/outlook/set-up", account="anna", **chosen).status_code == 204
        eventually(lambda: there.household.progress(there.accounts.get()) is None, "the cycle is over")
    session = windows.machine.get_active_object("Outlook.Application").Session
    store = find_store(session, there.accounts.get().outlook)
    assert store is not None
    assert str(marks.words(store.GetRootFolder().PropertyAccessor, marks.HOMES)[marks.HOMES]).startswith(calendars)
    calendar = session.GetDefaultFolder(DefaultFolder.Calendar)
    assert bool(marks.words(calendar.PropertyAccessor, marks.SINCE).get(marks.SINCE)) is is_kept_apart


def test_without_a_running_outlook_it_says_so_and_changes_nothing(there: Home, windows: Windows) -> None:
    windows.machine.end()
    with visiting(there) as someone:
        assert "Start Outlook first." in someone.get("/sync/outlook").text
        answer = someone.post("/sync/outlook/set-up", account="anna")
        assert (answer.status_code, "Outlook is not running" in answer.text) == (502, True)
        assert there.accounts.get().outlook == ""


def test_a_machine_without_windows_says_so_plainly(user: Visitor) -> None:
    page = user.get("/sync/outlook").text
    assert "Outlook is kept in step where it runs: on Windows." in page
    assert "Show it in Outlook" not in page
    assert user.post("/sync/outlook/set-up", account="anna").status_code == 422
    assert user.post("/sync/outlook/remove", account="anna").status_code == 422


def test_each_page_says_when_outlook_is_out_of_step_and_nothing_of_it_otherwise(
    user: Visitor, home: Home, account: Account
) -> None:
    assert "Outlook" not in user.get("/sync/light").text
    trouble = Misconfigured("Its data file is <gone>.")
    with memory(home, account).writing(home.household.replica(account).membership.user) as tx:
        note_trouble(tx, AT, trouble)
    light = user.get("/sync/light").text
    assert 'href="/desk/sync/outlook?account=anna"' in light
    assert "Outlook is not in step since" in light
    assert "Its data file is &lt;gone&gt;." in light
    with memory(home, account).writing(home.household.replica(account).membership.user) as tx:
        note_success(tx, AT, None, failing=())
    assert "Outlook" not in user.get("/sync/light").text


def test_the_monitor_tells_how_outlook_fares(user: Visitor, home: Home, account: Account) -> None:
    assert "Last in step with Outlook: never." in user.get("/sync").text
    with memory(home, account).writing(home.household.replica(account).membership.user) as tx:
        note_trouble(tx, AT, Misconfigured("Its data file is gone."))
    page = user.get("/sync/state").text
    assert "Outlook is not in step since" in page
    assert "Its data file is gone." in page
    user.post("/sync/disable", account="anna")
    assert "Outlook is not" not in user.get("/sync/state").text
