"""Which address shows which of the connector's dialogs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from starlette.responses import Response
from starlette.routing import BaseRoute

from passerelle.desk.connector import folder, joining, monitor, outlook, past, settings, waiting
from passerelle.desk.connector.around import MODULE
from passerelle.desk.connector.household import Household
from passerelle.desk.doors import Area, Doors
from passerelle.desk.endpoints import doing, shown
from passerelle.desk.visit import Visit
from passerelle.model.text import Text

Dialog = Callable[[Household, Visit], Response]

_SHOWN: dict[str, Dialog] = {
    "": monitor.monitor,
    "/state": monitor.state,
    "/light": monitor.light,
    "/folder": folder.tab,
    "/waiting": waiting.waiting,
    "/asked": waiting.parts,
    "/history": past.history,
    "/lines": past.lines,
    "/settings": settings.settings,
    "/password": settings.password,
    "/certificate": settings.certificate,
    "/new": joining.new,
    "/outlook": outlook.outlook,
    "/outlook/state": outlook.parts,
}
_DOING: dict[str, Dialog] = {
    "/now": monitor.synchronise,
    "/compare": folder.compare,
    "/enable": monitor.enable,
    "/disable": monitor.disable,
    "/show": monitor.show,
    "/retry": waiting.retry,
    "/discard": waiting.discard,
    "/keep": waiting.keep,
    "/decide": waiting.decide,
    "/confirm": waiting.confirm,
    "/accept": waiting.accept,
    "/undo": past.undo,
    "/copy": past.copy,
    "/restore": past.restore,
    "/save": settings.save,
    "/password": settings.set_password,
    "/trust": settings.trust,
    "/remove": settings.remove,
    "/add": joining.add,
    "/outlook/set-up": outlook.set_up,
    "/outlook/remove": outlook.remove,
}


def routes(doors: Doors, household: Household) -> Sequence[BaseRoute]:
    """All of them."""
    return (
        *(shown(f"{MODULE}{path}", partial(dialog, household), doors) for path, dialog in _SHOWN.items()),
        *(doing(f"{MODULE}{path}", partial(dialog, household), doors) for path, dialog in _DOING.items()),
    )


def area(household: Household) -> Area:
    """Where they are, and how much waits there."""
    return Area(MODULE, Text("Synchronisation"), household.waiting(), f"{MODULE}/light")
