"""The links under which calendars are read without login: whose they are, and when they were used."""

from __future__ import annotations

from collections import Counter

from starlette.responses import Response

from passerelle.desk.administration.users import MODULE
from passerelle.desk.folders.links import described
from passerelle.desk.visit import Visit
from passerelle.groupware.admin.administration import Administration
from passerelle.model.text import Text


def page(administration: Administration, visit: Visit) -> Response:
    """Everybody's links."""
    values = {"module": MODULE, "part": "links", **_links(administration, visit)}
    return visit.page("administration/links.html", values)


def rows(administration: Administration, visit: Visit) -> Response:
    """The list alone."""
    return visit.page("administration/link_rows.html", _links(administration, visit))


def revoke(administration: Administration, visit: Visit) -> Response:
    """Take somebody's link back."""
    administration.revoke_link(visit.fields.get("link", ""))
    return visit.done(Text("The link is revoked."))


def _links(administration: Administration, visit: Visit) -> dict[str, object]:
    found, zone = administration.links(), visit.session.user.zone
    names = {one.id: one.display_name for one in administration.organisation().users}
    counts = Counter(one.feed.user for one in found)
    return {
        "links": [(one, described(one.feed, zone, visit.words)) for one in found],
        "names": names,
        "counts": [(names.get(user, ""), count) for user, count in counts.most_common()],
    }
