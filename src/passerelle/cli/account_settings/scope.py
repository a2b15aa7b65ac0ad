"""What of an account is synchronised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from passerelle.model.errors import Unsafe
from passerelle.model.folders import Module
from passerelle.model.text import plural
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.replica import Replica


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ScopeOptions:
    """Options of ``account set``."""

    contacts: Annotated[bool | None, Parameter(help="Whether contacts are synchronised.")] = None
    appointments: Annotated[bool | None, Parameter(help="Whether appointments are synchronised.")] = None
    tasks: Annotated[bool | None, Parameter(help="Whether tasks are synchronised.")] = None
    remove_items: Annotated[
        bool,
        Parameter(negative="", help="Take what is not synchronised off this machine; the server keeps all of it."),
    ] = False
    lose_unsent: Annotated[
        bool, Parameter(negative="", help="With --remove-items: also what was changed here and not sent yet.")
    ] = False

    def apply(self, accounts: Accounts, account: Account) -> Account:
        """Select the modules, and remove what lies outside if that was wanted.

        Raises:
            Unsafe: changes would be lost that were not sent yet; nothing was removed, and nothing else was changed.
        """
        with accounts.replica(account) as replica:
            before = replica.modules
            replica.modules = self._selected(before)
            if self.remove_items:
                self._remove(replica, before)
        return account

    def _selected(self, before: frozenset[Module]) -> frozenset[Module]:
        given = {Module.CONTACTS: self.contacts, Module.CALENDAR: self.appointments, Module.TASKS: self.tasks}
        return frozenset(module for module, wanted in given.items() if wanted or (wanted is None and module in before))

    def _remove(self, replica: Replica, before: frozenset[Module]) -> None:
        unsent = replica.unsent_outside()
        if unsent and not self.lose_unsent:
            replica.modules = before
            raise Unsafe(
                plural(
                    "{count} change was not sent yet. Synchronise its module, or say --lose-unsent to lose it.",
                    "{count} changes were not sent yet. Synchronise their modules, or say --lose-unsent to lose them.",
                    count=unsent,
                )
            )
        replica.remove_outside()


def shown_scope(replica: Replica) -> Mapping[str, object]:
    """These settings as they are, by name."""
    modules = replica.modules
    return {
        "contacts": Module.CONTACTS in modules,
        "appointments": Module.CALENDAR in modules,
        "tasks": Module.TASKS in modules,
    }
