"""How often Outlook is asked for anything, counted by the double of its object model: a real one needs Windows."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from msgspec import Struct

from benchmarks.results import Machine
from passerelle.model.folders import PRIVATE, Module
from passerelle.model.items import Appointment, Contact, Item
from passerelle.model.moments import Timed
from passerelle.peers.outlook.constants import StoreType
from passerelle.sync.mirror import Mirror
from passerelle.sync.replica import Replica
from tests.outlook_double.machine import Machine as Windows
from tests.outlook_double.records import FolderRecord
from tests.outlook_double.user import User
from tests.sync.outlook_scene import account_in

_START = datetime(2026, 1, 5, 8, tzinfo=UTC)


class Shown(Struct, frozen=True, kw_only=True):
    """What was done, with how many items, and what it took: calls, readings of a folder's table, and our seconds."""

    work: str
    items: int
    calls: int
    tables: int
    seconds: float


def measure(count: int, directory: Path) -> list[Shown]:
    """Show so many appointments and as many contacts in an Outlook; then nothing, then a tenth is changed or made."""
    accounts, account = account_in(directory, outlook=str(directory / "anna.pst"))
    windows = Windows()
    windows.start()
    windows.session.namespace.AddStoreEx(account.outlook, StoreType.Unicode)
    found: list[Shown] = []
    with (
        accounts.replica(account) as replica,
        Mirror(replica, account, windows.get_active_object, now=lambda: windows.now) as mirror,
    ):
        _show(windows, mirror)
        for name, module, make in (
            ("appointments", Module.CALENDAR, _appointment),
            ("contacts", Module.CONTACTS, _contact),
        ):
            _fill(replica, name, module, [make(number) for number in range(count)])
            found.append(_counted(f"first {name}", count, windows, mirror))
            found.append(_counted(f"{name} once more", count, windows, mirror))
        found.append(_counted("nothing to do", 2 * count, windows, mirror))
        some = max(count // 10, 1)
        for work, do in (
            ("contacts changed here", partial(_change, replica)),
            ("contacts changed there", partial(_change_there, windows, account.outlook)),
            ("contacts made there", partial(_make_there, windows, account.outlook)),
        ):
            do(some)
            found.append(_counted(work, some, windows, mirror))
            _show(windows, mirror)
    return found


def _fill(replica: Replica, name: str, module: Module, items: list[Item]) -> None:
    folder = replica.session().create_folder(PRIVATE, name.title(), module=module)
    with replica.store.writing(replica.membership.user, replica.store.origin) as tx:
        tx.items.add_many(folder.id, items)


def _change(replica: Replica, count: int) -> None:
    session = replica.session()
    folder = next(id_ for id_, found in session.counts(Module.CONTACTS).items() if found.items > 1)
    for id_ in session.ids(folder, Module.CONTACTS)[:count]:
        session.update(id_, folder, lambda _: {"mobile": "+49 170 1"})


def _contacts_there(windows: Windows, file: str) -> FolderRecord:
    folders = windows.profile.data_files[file].root.walk()
    return next(folder for folder in folders if folder.name == "Contacts")


def _change_there(windows: Windows, file: str, count: int) -> None:
    for entry in list(_contacts_there(windows, file).records)[:count]:
        User(windows).edit(entry, JobTitle="Chief")


def _make_there(windows: Windows, file: str, count: int) -> None:
    folder = _contacts_there(windows, file)
    for number in range(count):
        User(windows).create(folder, LastName=f"Made {number}", MobileTelephoneNumber="1")


def _counted(work: str, items: int, windows: Windows, mirror: Mirror) -> Shown:
    windows.calls.clear()
    began = time.perf_counter()
    _show(windows, mirror)
    calls: Mapping[str, int] = Counter(windows.calls)
    return Shown(
        work=work,
        items=items,
        calls=sum(calls.values()),
        tables=calls.get("Folder.GetTable", 0),
        seconds=time.perf_counter() - began,
    )


def _show(windows: Windows, mirror: Mirror) -> None:
    windows.pass_time(timedelta(minutes=1))
    mirror.show()
    windows.pass_time(timedelta(minutes=1))
    windows.pump()


def _appointment(number: int) -> Item:
    start = _START + timedelta(minutes=30 * number)
    when = Timed(start=start, end=start + timedelta(hours=1), zone="Europe/Berlin")
    title, place = f"Meeting {number}", f"Room {number % 40}"
    return Appointment(when=when, title=title, location=place, note="As agreed.", alarm=15, uid=f"appointment {number}")


def _contact(number: int) -> Item:
    return Contact(
        first_name=f"First {number}",
        last_name=f"Last {number}",
        company="Example",
        email1=f"person{number}@example.org",
        phone_business=f"+49 30 {number}",
        uid=f"contact {number}",
    )


_SECTION = """\
## Calls to Outlook

How often Outlook is asked for anything when a replica is shown in it, counted by [the double](outlook.md) that tests
use. With a real Outlook a call out of the process takes some tenths of a millisecond, which is nearly all of the time;
the seconds here are without Outlook's part. What was saved a moment ago is looked at once more: Outlook's times cannot
tell two changes in one second apart ([decision 51](../decisions/0051-outlook-is-asked-in-few-calls.md)). Made by
`make bench ARGS="outlook --page"`.

Measured on {date} on {processor}, {cores} cores, with {versions}. {remark}

| Work | Items | Calls | for each item | Tables | Seconds |
| --- | ---: | ---: | ---: | ---: | ---: |
"""


def section(found: Sequence[Shown], machine: Machine, versions: Mapping[str, str], date: str, remark: str) -> str:
    """The section of the manual's page; ``remark`` is a sentence about the circumstances, or empty."""
    head = _SECTION.format(
        date=date,
        processor=machine.processor,
        cores=machine.cores,
        versions=", ".join(f"{name} {version}" for name, version in versions.items()),
        remark=remark,
    ).replace(" \n", "\n")
    return head + "".join(map(_row, found))


def _row(one: Shown) -> str:
    each = one.calls / one.items
    return f"| {one.work} | {one.items:,} | {one.calls:,} | {each:.2f} | {one.tables} | {one.seconds:.2f} |\n"
