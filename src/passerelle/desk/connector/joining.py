"""The first login (manual, chapter 4): an account is added, and its first cycle runs."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response

from passerelle.desk.connector import account_form
from passerelle.desk.connector.around import page
from passerelle.desk.connector.household import Household
from passerelle.desk.visit import Typed, Visit
from passerelle.desk.zones import zone_names
from passerelle.model.errors import PasserelleError
from passerelle.peers.line.certificates import Untrusted
from passerelle.sync.accounts.registry import Account
from passerelle.sync.past.period import ALL, Period


def new(household: Household, visit: Visit) -> Response:
    """The form."""
    values = {"zone": "UTC", "past": ALL, "proxy": "system"}
    return page(household, visit, "connector/new.html", {"account": None, **_values(values)})


def add(household: Household, visit: Visit) -> Response:
    """Log in, and keep the account; if that is refused, the form says why, and what certificate could be trusted."""
    try:
        account = _added(household, visit)
    except Untrusted as error:
        return _again(visit, error, error)
    except PasserelleError as error:
        return _again(visit, error)
    household.show(account)
    household.start(account)
    return visit.go(f"/sync?account={quote(account.name)}")


def _added(household: Household, visit: Visit) -> Account:
    fields = visit.fields
    past = Period.chosen(fields.get("past", ALL))
    account = household.accounts.add(
        fields.get("url", "").strip(),
        fields.get("login", "").strip(),
        fields.get("password", ""),
        name=fields.get("name", "").strip(),
        zone=fields.get("zone", "").strip() or "UTC",
        allow_plain="allow_plain" in fields,
        line=account_form.line_of(fields),
        passwords=account_form.passwords_of(fields),
    )
    if past is not None:
        household.replica(account).past = past
    return account


def _again(visit: Visit, error: PasserelleError, untrusted: Untrusted | None = None) -> Response:
    """The form as it was typed, but for the passwords: they go to no page."""
    values = _values(dict(visit.fields))
    values["error"] = visit.words.say(error.text if untrusted is None else untrusted.reason)
    values["certificate"] = None if untrusted is None else untrusted.certificate
    return visit.page("connector/new_form.html", values, 422)


def _values(values: dict[str, str]) -> dict[str, object]:
    return {
        "part": "new",
        "values": Typed(values),
        "periods": account_form.periods(values.get("past", ALL)),
        "zones": zone_names(),
        "error": None,
        "certificate": None,
    }
