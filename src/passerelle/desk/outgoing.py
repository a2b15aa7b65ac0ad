"""Items leave as files, and contacts by mail as cards. A replica sends no mail: it hands the card to who does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute

from passerelle.desk import saving
from passerelle.desk.contacts.form import HEAD
from passerelle.desk.doors import Doors
from passerelle.desk.endpoints import doing, shown
from passerelle.desk.folders.tree import module_of
from passerelle.desk.visit import Typed, Visit
from passerelle.groupware.describing import title
from passerelle.groupware.transfer import export_item
from passerelle.model.errors import Refused
from passerelle.model.folders import Module
from passerelle.model.items import Contact, Item
from passerelle.model.text import Text, plural

_LONGEST_NAME: Final = 100


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """The file of an item; the dialog that sends a contact, and what it leads to."""
    return (
        shown("/items/file", fetch, doors),
        shown("/contacts/sending", sending, doors),
        doing("/contacts/send", send, doors),
    )


def fetch(visit: Visit) -> Response:
    """One item as a file to be kept: iCalendar, a contact as vCard."""
    module = module_of(visit)
    record = saving.record_of(visit, module)
    is_card = module is Module.CONTACTS
    ending = "vcf" if is_card else "ics"
    name = (title(record.item) or visit.words.say(Text("Untitled")))[:_LONGEST_NAME]
    return Response(
        export_item(visit.session, record),
        media_type="text/vcard" if is_card else "text/calendar",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}.{ending}"},
    )


def sending(visit: Visit) -> Response:
    """The dialog that sends a contact."""
    return _dialog(visit, visit.fields)


def send(visit: Visit) -> Response:
    """Send a contact to whom the form names; if that is refused, the form says why."""
    record = saving.record_of(visit, Module.CONTACTS)
    try:
        parties = visit.directory.read(visit.fields, ())
        count = visit.session.send_card(record.id, record.folder, parties, visit.fields.get("message", "").strip())
    except Refused as error:
        return _dialog(visit, visit.fields, error)
    return visit.done(plural("It is sent to {count} address.", "It is sent to {count} addresses.", count=count))


def _dialog(visit: Visit, values: Mapping[str, str], error: Refused | None = None) -> Response:
    record = saving.record_of(visit, Module.CONTACTS)
    shown = {
        "record": record,
        "title": title(record.item) or visit.words.say(Text("Without a name")),
        "values": Typed(values),
        "mailto": _mailto(visit, record.item) if visit.is_replica else "",
        "error": None if error is None else visit.words.say(saving.reason(error)),
    }
    return visit.page("contacts/sending.html", shown, 200 if error is None else 422)


def _mailto(visit: Visit, item: Item) -> str:
    """An address that opens the user's own mail program with the contact in words."""
    assert isinstance(item, Contact)  # noqa: S101 - narrows the type; the module was asked for
    known = [(label, getattr(item, name)) for name, label in HEAD.items() if getattr(item, name)]
    body = "\r\n".join(f"{visit.words.say(label)}: {value}" for label, value in known)
    subject = visit.words.say(Text("Contact: {title}", title=title(item)))
    return f"mailto:?subject={quote(subject, safe='')}&body={quote(body, safe='')}"
