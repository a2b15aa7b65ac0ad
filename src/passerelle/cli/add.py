"""``passerelle add appointment|contact|task``: new items in the replica; the next cycle sends them."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from passerelle.cli.edit_options import FolderName, IgnoreConflicts, Set, report
from passerelle.cli.naming import default_folder, find_folder
from passerelle.cli.options import Account, ConnectorData, Json
from passerelle.cli.replicas import open_replica
from passerelle.cli.values import assignments, moment, reminder, span
from passerelle.groupware.session import Session
from passerelle.model.errors import Invalid, Missing
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, Item, Task
from passerelle.model.participants import Participant, ParticipantKind, Role
from passerelle.model.patch import apply
from passerelle.model.recurrence import Frequency, Recurrence, Rule
from passerelle.model.text import Text

app = App(name="add", help="Add an appointment, a contact or a task to the replica; the next sync sends it.")


@app.command
def appointment(  # noqa: PLR0913 - one parameter per option
    title: str,
    /,
    *,
    start: str,
    end: str | None = None,
    all_day: Annotated[bool, Parameter(negative="")] = False,
    location: str | None = None,
    repeat: Literal["daily", "weekly", "monthly", "yearly"] | None = None,
    interval: int | None = None,
    count: int | None = None,
    participant: Annotated[list[str] | None, Parameter(negative="")] = None,
    optional: Annotated[list[str] | None, Parameter(negative="")] = None,
    alarm: int | None = None,
    ignore_conflicts: IgnoreConflicts = False,
    fields: Set = None,
    folder: FolderName = None,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Add an appointment.

    Args:
        title: What it is about.
        start: 2026-12-01T09:00 in your time zone, or 2026-12-01 for a whole day.
        end: Likewise, or only 10:00; without it an hour or a day. The last day is included.
        all_day: A whole day, or several.
        location: Where.
        repeat: Make it a series.
        interval: Every so many days, weeks, months or years; default: 1.
        count: Number of occurrences; without it endless.
        participant: Mail address of somebody to invite; may be repeated.
        optional: Likewise, of somebody who need not come.
        alarm: Remind so many minutes before.
        ignore_conflicts: Also where somebody invited is busy.
        fields: Any other field.
        folder: Where to put it.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print the new appointment as JSON.
    """
    with open_replica(data, account) as session:
        when = span(start, end, session.user.zone, all_day=all_day)
        item = Appointment(
            title=title,
            when=when,
            location=location,
            alarm=reminder(alarm),
            recurrence=_recurrence(None if repeat is None else Frequency(repeat.upper()), interval, count),
            participants=(
                *(_participant(mail) for mail in participant or ()),
                *(_participant(mail, Role.OPTIONAL) for mail in optional or ()),
            ),
        )
        return _add(session, Module.CALENDAR, folder, item, fields, json=json, ignore_conflicts=ignore_conflicts)


@app.command
def contact(  # noqa: PLR0913 - one parameter per option
    name: str,
    /,
    *,
    email: str | None = None,
    phone: str | None = None,
    company: str | None = None,
    fields: Set = None,
    folder: FolderName = None,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Add a contact.

    Args:
        name: First and last name.
        email: Mail address.
        phone: Business telephone.
        company: Where the person works.
        fields: Any other field, e.g. --set birthday=1980-02-29.
        folder: Where to put it.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print the new contact as JSON.
    """
    if not name.strip():
        message = Text("A contact needs a name. Give first and last name, or that of the company.")
        raise Missing(message, "display_name")
    first, _, last = name.strip().rpartition(" ")
    item = Contact(
        display_name=name.strip(),
        first_name=first or None,
        last_name=last,
        email1=email,
        phone_business=phone,
        company=company,
    )
    with open_replica(data, account) as session:
        return _add(session, Module.CONTACTS, folder, item, fields, json=json)


@app.command
def task(
    title: str,
    /,
    *,
    due: str | None = None,
    fields: Set = None,
    folder: FolderName = None,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Add a task.

    Args:
        title: What to do.
        due: 2026-12-01, or 2026-12-01T17:00.
        fields: Any other field, e.g. --set priority=high.
        folder: Where to put it.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print the new task as JSON.
    """
    with open_replica(data, account) as session:
        item = Task(title=title, due=moment(due, session.user.zone) if due else None)
        return _add(session, Module.TASKS, folder, item, fields, json=json)


def _add(
    session: Session,
    module: Module,
    folder: str | None,
    item: Item,
    fields: list[str] | None,
    *,
    json: bool,
    ignore_conflicts: bool = False,
) -> int:
    target = find_folder(session, folder) if folder else default_folder(session, module)
    item = apply(item, assignments(type(item), fields or (), session.user.zone))
    added = session.create(target.id, item, ignore_conflicts=ignore_conflicts)
    report(Text("Added {id}. The next sync sends it.", id=added.id), added, json=json)
    return 0


def _recurrence(repeat: Frequency | None, interval: int | None, count: int | None) -> Recurrence | None:
    if repeat is not None:
        return Recurrence(rules=(Rule(frequency=repeat, interval=1 if interval is None else interval, count=count),))
    if interval is not None or count is not None:
        message = Text("--interval and --count belong to a series. Say how it repeats, e.g. --repeat weekly.")
        raise Missing(message, "recurrence")
    return None


def _participant(mail: str, role: Role = Role.REQUIRED) -> Participant:
    if "@" not in mail:
        message = Text("“{mail}” is no mail address. Give one such as anna@example.org.", mail=mail)
        raise Invalid(message, "participants")
    return Participant(kind=ParticipantKind.EXTERNAL, mail=mail, role=role)
