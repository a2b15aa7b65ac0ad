"""Who is logged in where, and how the server fares."""

from __future__ import annotations

from starlette.responses import Response

from passerelle.desk.administration.users import MODULE
from passerelle.desk.rendering import moment_in_words
from passerelle.desk.visit import Visit
from passerelle.groupware.admin.administration import Administration
from passerelle.groupware.admin.figures import rows, size_in_words
from passerelle.model.text import Text


def logins(administration: Administration, visit: Visit) -> Response:
    """Everybody's logins to the pages."""
    values = {"module": MODULE, "part": "logins", **_logins(administration, visit)}
    return visit.page("administration/logins.html", values)


def login_rows(administration: Administration, visit: Visit) -> Response:
    """The list alone."""
    return visit.page("administration/login_rows.html", _logins(administration, visit))


def end_login(administration: Administration, visit: Visit) -> Response:
    """Log somebody out of one browser."""
    administration.end_login(visit.fields.get("proof", ""))
    return visit.done(Text("That device is logged out."))


def health(administration: Administration, visit: Visit) -> Response:
    """Versions, the database, mail that waits, and room on the disk."""
    found, room = administration.figures(), administration.room()
    waiting = {state: count for state, count in found.store.mail.items() if state != "sent" and count}
    values = {
        "module": MODULE,
        "part": "health",
        "rows": rows(found),
        "waiting": waiting,
        "free": size_in_words(room.free),
        "total": size_in_words(room.total),
        "used_share": round(100 * (room.total - room.free) / room.total) if room.total else 0,
    }
    return visit.page("administration/health.html", values)


def check(administration: Administration, visit: Visit) -> Response:
    """Compare everything in the store with everything else, as ``passerelle server check`` does."""
    return visit.page("administration/check.html", {"findings": administration.check()})


def _logins(administration: Administration, visit: Visit) -> dict[str, object]:
    names = {one.id: one.display_name for one in administration.organisation().users}
    zone = visit.session.user.zone
    return {
        "logins": [
            (one, names.get(one.user, ""), moment_in_words(one.begun, zone, visit.words),
             moment_in_words(one.seen, zone, visit.words))
            for one in administration.logins()
        ]
    }  # fmt: skip
