"""Groups and their members."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from passerelle.desk import saving
from passerelle.desk.administration.users import MODULE
from passerelle.desk.fields import lines
from passerelle.desk.visit import Typed, Visit
from passerelle.groupware.admin.administration import Administration, Organisation
from passerelle.model.errors import NotFound, Refused
from passerelle.model.ids import GroupId
from passerelle.model.principals import Group
from passerelle.model.text import Text


def page(administration: Administration, visit: Visit) -> Response:
    """The groups."""
    return visit.page("administration/groups.html", _list(administration))


def rows(administration: Administration, visit: Visit) -> Response:
    """The list alone."""
    return visit.page("administration/group_rows.html", _list(administration))


def form(administration: Administration, visit: Visit) -> Response:
    """The dialog of a group, or of a new one."""
    known = administration.organisation()
    group = _named(known, visit)
    return _dialog(visit, known, group, {} if group is None else _as_values(known, group))


def save(administration: Administration, visit: Visit) -> Response:
    """Add or change a group as the form says; if that is refused, the form says why."""
    known = administration.organisation()
    group = _named(known, visit)
    logins = list(filter(None, (one.strip() for one in lines(visit.fields.get("members", "")).split("\n"))))
    name, shown = visit.fields.get("name", "").strip(), visit.fields.get("display_name", "").strip()
    try:
        administration.put_group(None if group is None else group.id, name, shown, logins)
    except Refused as error:
        return _dialog(visit, known, group, visit.fields, error)
    return visit.done(Text("The group is saved."))


def remove(administration: Administration, visit: Visit) -> Response:
    """Remove a group."""
    administration.remove_group(GroupId(visit.number("id")))
    return visit.done(Text("The group is removed."))


def _list(administration: Administration) -> dict[str, object]:
    return {"module": MODULE, "part": "groups", "groups": administration.organisation().groups}


def _named(known: Organisation, visit: Visit) -> Group | None:
    if not visit.fields.get("id"):
        return None
    found = next((one for one in known.groups if str(one.id) == visit.fields["id"]), None)
    if found is None:
        raise NotFound("That group is gone.")
    return found


def _as_values(known: Organisation, group: Group) -> dict[str, str]:
    members = [user.login for user in known.users if user.id in group.members]
    return {"name": group.name, "display_name": group.display_name, "members": "\n".join(members)}


def _dialog(
    visit: Visit, known: Organisation, group: Group | None, values: Mapping[str, str], error: Refused | None = None
) -> Response:
    shown = {
        "record": group,
        "values": Typed(values),
        "users": known.users,
        "error": None if error is None else visit.words.say(saving.reason(error)),
    }
    return visit.page("administration/group.html", shown, 200 if error is None else 422)
