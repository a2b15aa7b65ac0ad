"""Which address shows what of the personal area."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from starlette.routing import BaseRoute

from passerelle.desk.doors import Doors
from passerelle.desk.endpoints import doing, shown
from passerelle.desk.personal import links, pages
from passerelle.desk.personal.porter import Porter


def routes(doors: Doors, porter: Porter) -> Sequence[BaseRoute]:
    """All of them."""
    return (
        shown("/personal", pages.card, doors),
        doing("/personal/card", pages.save_card, doors),
        shown("/personal/password", pages.password, doors),
        doing("/personal/password", partial(pages.set_password, porter), doors),
        doing("/personal/strength", pages.strength, doors),
        shown("/personal/place", pages.place, doors),
        doing("/personal/place", pages.save_place, doors),
        shown("/personal/devices", pages.devices, doors),
        shown("/personal/devices/rows", pages.device_rows, doors),
        doing("/personal/devices/end", pages.end_device, doors),
        shown("/personal/links", links.page, doors),
        shown("/personal/links/rows", links.rows, doors),
        doing("/personal/links/revoke", links.revoke, doors),
    )
