"""Which address shows which page for paper."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.routing import BaseRoute

from passerelle.desk.doors import Doors
from passerelle.desk.endpoints import shown
from passerelle.desk.paper import calendar, lists


def routes(doors: Doors) -> Sequence[BaseRoute]:
    """All of them."""
    return (
        shown("/calendar/paper", calendar.page, doors),
        shown("/contacts/paper", lists.contacts, doors),
        shown("/tasks/paper", lists.tasks, doors),
    )
