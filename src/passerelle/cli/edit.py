"""``passerelle edit`` and ``delete``: changes in the replica; the next cycle sends them."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import msgspec
from cyclopts import Parameter

from passerelle.cli.edit_options import FolderName, IgnoreConflicts, Set, report
from passerelle.cli.naming import find_folder, find_item
from passerelle.cli.options import Account, ConnectorData, Json
from passerelle.cli.output import say
from passerelle.cli.replicas import open_replica
from passerelle.cli.values import assignments, span
from passerelle.model.errors import Contradiction, Invalid, Missing
from passerelle.model.items import Appointment, Item
from passerelle.model.moments import Span, Timed
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text


def edit(  # noqa: PLR0913 - one parameter per option
    number: int,
    /,
    *,
    start: str | None = None,
    end: str | None = None,
    all_day: Annotated[bool, Parameter(negative="")] = False,
    occurrence: date | None = None,
    ignore_conflicts: IgnoreConflicts = False,
    fields: Set = None,
    folder: FolderName = None,
    account: Account = None,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Change an item of the replica, one occurrence of a series, or move it to another folder.

    Args:
        number: The item's id, as "list" shows it.
        start: An appointment's new start; the length stays unless --end is given.
        end: An appointment's new end.
        all_day: An appointment's new time is whole days.
        occurrence: Change only the occurrence that starts on this day.
        ignore_conflicts: Also where somebody invited is busy.
        fields: NAME=VALUE, e.g. --set title=Lunch; may be repeated; an empty value clears.
        folder: Move it there.
        account: Which account, if you have several.
        data: Directory of your accounts.
        json: Print the changed item as JSON.
    """
    if not (start or end or all_day or fields or folder):
        message = Text("There is nothing to change. Say what with --set NAME=VALUE, --start, --end or --folder.")
        raise Missing(message, "fields")
    if occurrence is not None and folder:
        message = Text("An occurrence stays in the folder of its series. Leave out --folder, or move the series.")
        raise Contradiction(message)
    with open_replica(data, account) as session:
        record, module = find_item(session, number)
        zone = session.user.zone

        def change(item: Item) -> dict[str, object]:
            patch = dict(assignments(type(item), fields or (), zone))
            if start or end or all_day:
                patch["when"] = _new_span(item, start, end, zone, all_day=all_day)
            return patch

        if occurrence is not None:
            _check_series(record)
            changed = session.change_occurrence(
                record.id, record.folder, occurrence, change, ignore_conflicts=ignore_conflicts
            )
        else:
            destination = find_folder(session, folder).id if folder else None
            changed = session.update(
                record.id,
                record.folder,
                change,
                module=module,
                destination=destination,
                ignore_conflicts=ignore_conflicts,
            )
        report(Text("Changed {id}. The next sync sends it.", id=changed.id), changed, json=json)
    return 0


def delete(
    number: int, /, *, occurrence: date | None = None, account: Account = None, data: ConnectorData = None
) -> int:
    """Delete an item of the replica, or one occurrence of a series.

    Args:
        number: The item's id, as "list" shows it.
        occurrence: Delete only the occurrence that starts on this day.
        account: Which account, if you have several.
        data: Directory of your accounts.
    """
    with open_replica(data, account) as session:
        record, module = find_item(session, number)
        if occurrence is not None:
            _check_series(record)
            session.delete_occurrence(record.id, record.folder, occurrence)
        else:
            session.delete(record.id, record.folder, module=module)
        say(Text("Deleted {id}. The next sync sends it.", id=record.id))
    return 0


def _check_series(record: ItemRecord) -> None:
    if not isinstance(record.item, Appointment) or record.item.recurrence is None:
        message = Text("{id} is not a series of appointments. Leave out --occurrence.", id=record.id)
        raise Contradiction(message)


def _new_span(item: Item, start: str | None, end: str | None, zone: str, *, all_day: bool) -> Span:
    """The new time of an appointment; what is not given keeps its value, and a moved start keeps the length."""
    if not isinstance(item, Appointment):
        message = Text("Only appointments have --start and --end. Use --set due=… for a task.")
        raise Invalid(message, "when")
    old = item.when
    if start is None:
        first = old.start.isoformat()
        new = span(first, end, zone, all_day=all_day or not isinstance(old, Timed))
        return msgspec.structs.replace(old, end=new.end) if isinstance(old, Timed) and isinstance(new, Timed) else new
    new = span(start, end, zone, all_day=all_day)
    if end is None and type(new) is type(old):
        return type(new)(**{"start": new.start, "end": new.start + (old.end - old.start), **_zone(new)})  # type: ignore[arg-type]  # both spans are of one type
    return new


def _zone(when: Span) -> dict[str, str]:
    return {"zone": when.zone} if isinstance(when, Timed) else {}
