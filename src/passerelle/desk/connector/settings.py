"""An account's settings: all that ``account set`` changes, a new password, the certificate, and its end."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

import msgspec
from starlette.responses import Response

from passerelle.desk.connector import account_form
from passerelle.desk.connector.around import account_of, page
from passerelle.desk.connector.household import Household
from passerelle.desk.visit import Typed, Visit
from passerelle.desk.zones import zone_names
from passerelle.model.errors import PasserelleError, Unsafe
from passerelle.model.folders import Module
from passerelle.model.text import Text, plural
from passerelle.peers.line.certificates import Untrusted, changed, fingerprint_of
from passerelle.sync.accounts.registry import Account
from passerelle.sync.past.period import Period
from passerelle.sync.replica import Replica


def settings(household: Household, visit: Visit) -> Response:
    """The page."""
    account = account_of(household, visit)
    values = account_form.as_values(account, household.replica(account))
    return page(household, visit, "connector/settings.html", _values(household, account, values))


def save(household: Household, visit: Visit) -> Response:
    """Change what the form says, or nothing if one value is refused."""
    account = account_of(household, visit)
    try:
        changed_account = _save(household, visit, account)
    except PasserelleError as error:
        values = _values(household, account, visit.fields)
        told = visit.words.say(error.text)
        return visit.page("connector/settings_form.html", {**values, "error": told}, 422)
    if changed_account.name != account.name:
        return visit.go(f"/sync/settings?account={quote(changed_account.name)}")
    return visit.done(Text("The settings of {name} are kept. The next sync goes by them.", name=account.name))


def password(household: Household, visit: Visit) -> Response:
    """The form for a new password."""
    account = account_of(household, visit)
    return page(household, visit, "connector/password.html", {"part": "settings", "account": account})


def set_password(household: Household, visit: Visit) -> Response:
    """Keep a new password, if the server accepts it, and synchronise."""
    account = account_of(household, visit)
    try:
        household.accounts.set_password(account.name, visit.fields.get("password", ""))
    except PasserelleError as error:
        values = {"account": account, "error": visit.words.say(error.text)}
        return visit.page("connector/password_form.html", values, 422)
    household.start(account)
    return visit.go(f"/sync?account={quote(account.name)}")


def certificate(household: Household, visit: Visit) -> Response:
    """The certificate that the server shows now."""
    account = account_of(household, visit)
    try:
        shown, is_vouched_for = household.accounts.seen_certificate(account)
    except PasserelleError as error:
        return visit.page("connector/certificate.html", {"error": visit.words.say(error.text)}, 422)
    values = {"account": account, "shown": shown, "is_vouched_for": is_vouched_for, "error": None}
    return visit.page("connector/certificate.html", values)


def trust(household: Household, visit: Visit) -> Response:
    """Trust a certificate that was looked at, or again the authorities; only if the server still shows it."""
    account = account_of(household, visit)
    fingerprint = fingerprint_of(visit.fields["fingerprint"]) if visit.fields.get("fingerprint") else None
    shown, _ = household.accounts.seen_certificate(account)
    if fingerprint not in {None, shown.fingerprint}:
        raise Unsafe(Untrusted(changed(fingerprint or ""), shown).text)
    line = msgspec.structs.replace(account.line, fingerprint=fingerprint)
    household.accounts.revise(account, msgspec.structs.replace(account, line=line))
    return visit.go(f"/sync/settings?account={quote(account.name)}")


def remove(household: Household, visit: Visit) -> Response:
    """Forget an account; the server keeps all that was sent to it."""
    account = account_of(household, visit)
    unsent = _unsent(household.replica(account))
    if unsent and "lose_unsent" not in visit.fields:
        raise Unsafe(plural("{count} change was not sent yet.", "{count} changes were not sent yet.", count=unsent))
    household.remove(account)
    return visit.go("/sync")


def _save(household: Household, visit: Visit, account: Account) -> Account:
    fields, replica = visit.fields, household.replica(account)
    policy, past = account_form.policy_of(replica.policy, fields), Period.chosen(fields.get("past", ""))
    modules = account_form.modules_of(fields)
    wanted = account_form.account_of(account, fields)
    _check_unsent(visit, replica, modules)
    kept = household.accounts.revise(account, wanted, account_form.passwords_of(fields))
    replica.policy = policy
    if modules != replica.modules:
        replica.modules = modules
    if past != replica.past:
        replica.past = past
    if "remove_items" in fields:
        replica.remove_outside()
    return kept


def _check_unsent(visit: Visit, replica: Replica, modules: frozenset[Module]) -> None:
    """Make sure that nothing is lost that the user did not say. Raises Unsafe."""
    is_wanted = "remove_items" in visit.fields and "lose_unsent" not in visit.fields
    unsent = replica.unsent_outside(modules) if is_wanted else 0
    if unsent:
        raise Unsafe(plural("{count} change was not sent yet.", "{count} changes were not sent yet.", count=unsent))


def _unsent(replica: Replica) -> int:
    return sum(folder.unsent for folder in replica.status().folders)


def _values(household: Household, account: Account, values: Mapping[str, str]) -> dict[str, object]:
    return {
        "part": "settings",
        "account": account,
        "values": Typed(values),
        "winners": account_form.WINNERS,
        "modules": account_form.MODULES,
        "periods": account_form.periods(values.get("past", "")),
        "zones": zone_names(),
        "unsent": _unsent(household.replica(account)),
        "error": None,
    }
