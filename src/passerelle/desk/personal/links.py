"""All links that one has made to calendars, whichever those are."""

from __future__ import annotations

from starlette.responses import Response

from passerelle.desk.folders.links import described
from passerelle.desk.visit import Visit
from passerelle.groupware.feeds import making
from passerelle.model.text import Text


def page(visit: Visit) -> Response:
    """The list."""
    return visit.page("personal/links.html", {"module": "/personal", "part": "links", **_links(visit)})


def rows(visit: Visit) -> Response:
    """The list alone."""
    return visit.page("personal/link_rows.html", _links(visit))


def revoke(visit: Visit) -> Response:
    """Take one back."""
    making.revoke(visit.session, visit.fields.get("link", ""))
    return visit.done(Text("The link is revoked."))


def _links(visit: Visit) -> dict[str, object]:
    zone = visit.session.user.zone
    return {"links": [(one, described(one.feed, zone, visit.words)) for one in making.own(visit.session)]}
