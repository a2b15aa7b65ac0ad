"""Moving and copying an item to another folder: by dragging it onto the tree, or by a dialog."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response
from starlette.routing import BaseRoute

from passerelle.desk import saving
from passerelle.desk.doors import Doors
from passerelle.desk.endpoints import doing, shown
from passerelle.desk.folders.tree import module_of
from passerelle.desk.places import places
from passerelle.desk.visit import Visit
from passerelle.desk.wallclock import day_of
from passerelle.groupware.describing import title
from passerelle.model.errors import Refused
from passerelle.model.ids import FolderId
from passerelle.model.text import Text


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """The dialog, and what it and a drag lead to."""
    return (shown("/items/places", choice, doors), doing("/items/place", place, doors))


def choice(visit: Visit) -> Response:
    """The dialog that asks where an item is to go."""
    return _dialog(visit)


def place(visit: Visit) -> Response:
    """Move an item to a folder, or copy it there; what is refused is said, in the dialog if it is open.

    Raises:
        Refused: as the session does, where something was dragged.
    """
    try:
        folder = _placed(visit)
    except Refused as error:
        if not visit.fields.get("dialog"):
            raise
        return _dialog(visit, error)
    name = visit.session.folder_names((visit.session.folder(folder).folder,))[folder]
    if _copies(visit):
        return visit.done(Text("It is copied to “{folder}”.", folder=name))
    return visit.done(Text("It is moved to “{folder}”.", folder=name))


def _placed(visit: Visit) -> FolderId:
    session, module = visit.session, module_of(visit)
    record, target = saving.record_of(visit, module), FolderId(visit.number("place"))
    if _copies(visit):
        day = visit.fields.get("day", "") if visit.fields.get("scope", "one") == "one" else ""
        session.copy(record.id, record.folder, module, target, at=day_of(day, "day") if day else None)
    else:
        session.update(record.id, record.folder, lambda _: {}, module=module, destination=target)
    return target


def _copies(visit: Visit) -> bool:
    return bool(visit.fields.get("copy"))


def _dialog(visit: Visit, error: Refused | None = None) -> Response:
    module = module_of(visit)
    record = saving.record_of(visit, module)
    return visit.page(
        "placing.html",
        {
            "record": record,
            "page": visit.fields["module"],
            "title": title(record.item) or visit.words.say(Text("Untitled")),
            "day": visit.fields.get("day", ""),
            "groups": places(visit.session, module),
            "here": record.folder,
            "chosen": visit.fields.get("place", ""),
            "error": None if error is None else visit.words.say(saving.reason(error)),
        },
        200 if error is None else 422,
    )
