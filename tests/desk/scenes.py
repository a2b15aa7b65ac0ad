"""What happens on both sides of an account so that something waits for its user."""

from __future__ import annotations

from datetime import UTC, datetime

from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.items import Appointment
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text
from passerelle.store import Skipped
from passerelle.sync.accounts.registry import Account
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.skipped.quarantine import UP
from tests.desk.home import Home
from tests.groupware.office import Office, at, meeting


def calendar_of(home: Home) -> FolderId:
    """The number that anna's calendar has on her machine."""
    status = home.household.replica(home.accounts.get("anna")).status()
    return next(one.id for one in status.folders if one.name == "Calendar")


def clash(home: Home, account: Account, office: Office) -> None:
    """Have both sides change the subject and the place of one appointment, with an account that asks."""
    replica = home.household.replica(account)
    replica.policy = Policy(winner=Winner.ASK)
    there = office.session("anna").create(
        office.default("anna"), meeting("Plan", location="Hall"), ignore_conflicts=True
    )
    home.cycle(account)
    session = replica.session()
    here = next(one for one in session.changes(calendar_of(home), Module.CALENDAR).items if is_called(one, "Plan"))
    session.update(here.id, here.folder, lambda _: {"title": "My plan", "location": "My room"})
    office.session("anna").update(there.id, there.folder, lambda _: {"title": "Their plan", "location": "Their room"})
    home.cycle(account)


def empty_calendar(home: Home, account: Account, office: Office) -> None:
    """Have a calendar of thirty appointments emptied on the server."""
    session = office.session("anna")
    place = office.default("anna")
    made = [session.create(place, Appointment(title=f"Day {n}", when=at(8, n, minutes=1))) for n in range(30)]
    home.cycle(account)
    for one in made:
        session.delete(one.id, one.folder, module=Module.CALENDAR)
    home.cycle(account)


def refuse(home: Home, account: Account, title: str) -> int:
    """Have a change stand among those that the server refused."""
    replica = home.household.replica(account)
    session = replica.session()
    record = next(one for one in session.changes(calendar_of(home), Module.CALENDAR).items if is_called(one, title))
    session.update(record.id, record.folder, lambda _: {"title": "Refused"})
    with replica.store.writing(replica.membership.user, "test") as tx:
        link = tx.sync.links_of(record.id)[0]
        tx.sync.put_skipped(
            Skipped(
                folder=link.folder, direction=UP, local=link.local, remote=link.remote, code="APP-0071",
                message=Text("The server does not want it."), since=datetime.now(UTC),
            )
        )  # fmt: skip
    return replica.waiting.skipped()[0].id


def is_called(record: ItemRecord, title: str) -> bool:
    """Whether an appointment has a subject."""
    return isinstance(record.item, Appointment) and record.item.title == title
