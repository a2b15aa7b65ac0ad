"""The search field of the frame: what was found, in groups, each a way to the page that shows it."""

from __future__ import annotations

from datetime import date
from typing import Final
from urllib.parse import urlencode

from msgspec import Struct
from starlette.responses import Response

from passerelle.desk.folders.tree import MODULES
from passerelle.desk.rendering import day_in_words, time_in_words
from passerelle.desk.visit import Visit
from passerelle.desk.wallclock import moment_day
from passerelle.groupware.describing import title
from passerelle.model.folders import Module
from passerelle.model.items import Appointment, Contact, Item
from passerelle.model.moments import Timed, local_day, zone_info
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

MOST: Final = 8
"""So many of each kind are shown."""
_SHORTEST: Final = 2
_HEADINGS: Final = {
    Module.CALENDAR: Text("Appointments"),
    Module.CONTACTS: Text("Contacts"),
    Module.TASKS: Text("Tasks"),
}


class Hit(Struct, frozen=True, kw_only=True):
    """Something that was found."""

    title: str
    second: str
    folder: str
    address: str


def found(visit: Visit) -> Response:
    """What holds the words that were typed."""
    text = visit.fields.get("q", "").strip()
    records = visit.session.search(text, MOST) if len(text) >= _SHORTEST else {}
    folders = {one.folder: visit.session.folder(one.folder).folder for some in records.values() for one in some}
    names = visit.session.folder_names(folders.values())
    groups = {
        _HEADINGS[module]: [hit(visit, module, one, names[one.folder]) for one in some]
        for module, some in records.items()
        if some
    }
    return visit.page("found.html", {"groups": groups, "is_asked": len(text) >= _SHORTEST})


def hit(visit: Visit, module: Module, record: ItemRecord, folder: str) -> Hit:
    """An item as a list of results shows it."""
    page = next(name for name, one in MODULES.items() if one is module)
    values = {"place": str(record.folder), "open": str(record.id)}
    if isinstance(record.item, Appointment):
        values["date"] = _day(record.item, visit).isoformat()
    return Hit(
        title=title(record.item) or visit.words.say(Text("Untitled")),
        second=_second(record.item, visit),
        folder=folder,
        address=f"{visit.root}/{page}?{urlencode(values)}",
    )


def _second(item: Item, visit: Visit) -> str:
    if isinstance(item, Contact):
        return " · ".join(filter(None, (item.company, item.email1)))
    if not isinstance(item, Appointment):
        day = moment_day(item.due, visit.session.user.zone)
        return "" if day is None else day_in_words(day, visit.words)
    said = [day_in_words(_day(item, visit), visit.words)]
    if isinstance(item.when, Timed):
        said.append(time_in_words(item.when.start.astimezone(zone_info(visit.session.user.zone))))
    return ", ".join([*said, *filter(None, (item.location,))])


def _day(item: Appointment, visit: Visit) -> date:
    when = item.when
    return local_day(when.start, visit.session.user.zone) if isinstance(when, Timed) else when.start
