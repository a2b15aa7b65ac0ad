"""What stands around each of the connector's dialogs: which account it is about, and all accounts beside it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

from msgspec import Struct
from starlette.responses import Response

from passerelle.daemon.control.messages import Standing, State
from passerelle.daemon.standing import kept_standings, standing_of
from passerelle.desk.connector.household import Household
from passerelle.desk.rendering import moment_in_words
from passerelle.desk.visit import NobodyYet, Visit
from passerelle.sync.accounts.registry import Account

MODULE: Final = "/sync"
_TONES: Final = {
    State.IN_STEP: "good", State.STARTING: "quiet", State.UNWATCHED: "quiet", State.PAUSED: "quiet",
    State.DISABLED: "quiet", State.OFFLINE: "warning", State.FAILING: "danger", State.REFUSED: "danger",
}  # fmt: skip


class Beside(Struct, frozen=True, kw_only=True):
    """An account in the list beside a dialog; ``tone`` says how it fares."""

    name: str
    url: str
    tone: str
    waiting: int


def account_of(household: Household, visit: Visit) -> Account:
    """The account that a page is about: the one that is named, else the one whose items are shown.

    Raises:
        NotFound: there is none of that name.
        NobodyYet: there is none at all.
    """
    name = visit.fields.get("account", "")
    account = household.accounts.get(name) if name else household.shown()
    if account is None:
        raise NobodyYet
    return account


def page(
    household: Household, visit: Visit, template: str, values: Mapping[str, object], status: int = 200
) -> Response:
    """A dialog with the accounts beside it."""
    kept = kept_standings(household.accounts)
    beside = [_beside(household, one, kept.get(one.name)) for one in household.accounts.all()]
    return visit.page(template, {"module": MODULE, "beside": beside, "address": quote, **values}, status)


def standing(household: Household, account: Account, kept: Standing | None) -> Standing:
    """How an account fares at this moment."""
    return standing_of(account, household.replica(account), kept, datetime.now(UTC))


def at(visit: Visit, moment: datetime | None) -> str:
    """A moment as the user's clock shows it; empty for none."""
    return "" if moment is None else moment_in_words(moment, visit.session.user.zone, visit.words)


def _beside(household: Household, account: Account, kept: Standing | None) -> Beside:
    tone = _TONES[standing(household, account, kept).state]
    return Beside(name=account.name, url=account.url, tone=tone, waiting=household.waiting_of(account))
