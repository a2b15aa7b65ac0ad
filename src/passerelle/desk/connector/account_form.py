"""What the form of an account says: how its server is reached, and what is synchronised. Passwords only come in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from passerelle.desk.fields import whole
from passerelle.desk.visit import Fields
from passerelle.model.errors import Invalid
from passerelle.model.folders import Module
from passerelle.model.text import Text
from passerelle.peers.line.certificates import fingerprint_of, spelled
from passerelle.peers.line.proxies import check_proxy
from passerelle.peers.line.settings import Line, LineSecrets
from passerelle.sync.accounts.registry import Account
from passerelle.sync.past.period import ALL
from passerelle.sync.policy import Policy, Winner
from passerelle.sync.replica import Replica

MODULES: Final = {
    Module.CALENDAR: ("appointments", Text("Appointments")),
    Module.CONTACTS: ("contacts", Text("Contacts")),
    Module.TASKS: ("tasks", Text("Tasks")),
}
WINNERS: Final = {
    Winner.SERVER: Text("the server’s value stays"),
    Winner.MINE: Text("mine stays"),
    Winner.NEWER: Text("the later change stays"),
    Winner.ASK: Text("ask me"),
}
PERIODS: Final = {
    ALL: Text("any time"), "1month": Text("one month"), "3months": Text("three months"), "6months": Text("six months"),
    "1year": Text("one year"), "2years": Text("two years"),
}  # fmt: skip
_MOST: Final = 1_000_000
_HUNDRED: Final = 100


def as_values(account: Account, replica: Replica) -> dict[str, str]:
    """What the form shows of an account."""
    line, policy = account.line, replica.policy
    shown = {
        "new_name": account.name, "url": account.url, "login": account.login, "zone": account.zone,
        "allow_plain": "1" if account.allow_plain else "", "warn_after": str(account.warn_after_h),
        "proxy": line.proxy, "ca_file": line.ca_file or "", "client_certificate": line.client_certificate or "",
        "client_key": line.client_key or "", "fingerprint": spelled(line.fingerprint) if line.fingerprint else "",
        "winner": policy.winner.value, "guard_items": str(policy.guard_items),
        "guard_share": str(round(policy.guard_share * _HUNDRED)), "past": str(replica.past or ALL),
    }  # fmt: skip
    return shown | {name: "1" for module, (name, _) in MODULES.items() if module in replica.modules}


def account_of(before: Account, fields: Fields) -> Account:
    """The account as the form wants it; nothing is kept yet. Raises Invalid, Misconfigured: a value cannot be."""
    return msgspec.structs.replace(
        before,
        name=fields.get("new_name", "").strip() or before.name,
        url=fields.get("url", "").strip(),
        login=fields.get("login", "").strip(),
        zone=fields.get("zone", "").strip() or "UTC",
        allow_plain="allow_plain" in fields,
        line=line_of(fields),
        warn_after_h=whole(fields.get("warn_after", ""), "warn_after", _MOST),
    )


def line_of(fields: Fields) -> Line:
    """How the server is reached.

    Raises:
        Misconfigured, Invalid: a proxy or a fingerprint is none.
    """
    fingerprint = fields.get("fingerprint", "").strip()
    return Line(
        proxy=check_proxy(fields.get("proxy", "").strip() or Line().proxy),
        ca_file=_path(fields, "ca_file"),
        fingerprint=fingerprint_of(fingerprint) if fingerprint else None,
        client_certificate=_path(fields, "client_certificate"),
        client_key=_path(fields, "client_key"),
    )


def passwords_of(fields: Fields) -> LineSecrets:
    """The passwords of the line that were typed; those that were not stay as they are."""
    return LineSecrets(proxy=fields.get("proxy_password") or None, client_key=fields.get("client_password") or None)


def policy_of(before: Policy, fields: Fields) -> Policy:
    """Who wins, and when deletions are held. Raises Invalid: a number cannot be, or there is no such winner."""
    winner = fields.get("winner", "")
    if winner not in {one.value for one in Winner}:
        raise Invalid("Say whose values stay: mine or server.", "winner")
    share = whole(fields.get("guard_share", ""), "guard_share", _HUNDRED)
    is_same = share == round(before.guard_share * _HUNDRED)  # a third is not 33 percent
    policy = Policy(
        winner=Winner(winner),
        guard_items=whole(fields.get("guard_items", ""), "guard_items", _MOST),
        guard_share=before.guard_share if is_same else share / _HUNDRED,
    )
    policy.check()
    return policy


def modules_of(fields: Fields) -> frozenset[Module]:
    """What is to be synchronised."""
    return frozenset(module for module, (name, _) in MODULES.items() if name in fields)


def periods(chosen: str) -> Mapping[str, str]:
    """The periods that can be chosen, with the one that is."""
    return PERIODS if chosen in PERIODS else {**PERIODS, chosen: chosen}


def _path(fields: Fields, name: str) -> str | None:
    """A file of this machine, found from wherever a later command is given."""
    text = fields.get(name, "").strip()
    return str(Path(text).expanduser().resolve()) if text else None
