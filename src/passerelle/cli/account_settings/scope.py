"""What of an account is synchronised."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from cyclopts import Parameter

from passerelle.model.errors import Unsafe
from passerelle.model.folders import Module
from passerelle.model.text import plural
from passerelle.sync.past.period import ALL, Period
from passerelle.sync.replica import Replica


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class ScopeOptions:
    """Options of ``account set``."""

    contacts: Annotated[bool | None, Parameter(help="Whether contacts are synchronised.")] = None
    appointments: Annotated[bool | None, Parameter(help="Whether appointments are synchronised.")] = None
    tasks: Annotated[bool | None, Parameter(help="Whether tasks are synchronised.")] = None
    past: Annotated[
        str | None,
        Parameter(
            help="How far back appointments are kept on this machine: 90days, 6months, 1year …, or all (default). What "
            "ended earlier stays on the server."
        ),
    ] = None
    remove_items: Annotated[
        bool,
        Parameter(negative="", help="Take what is not synchronised off this machine; the server keeps all of it."),
    ] = False
    lose_unsent: Annotated[
        bool, Parameter(negative="", help="With --remove-items: also what was changed here and not sent yet.")
    ] = False

    def check(self, replica: Replica) -> None:
        """Make sure that nothing is lost that the user did not say.

        Raises:
            Invalid: there is no such period.
            Unsafe: changes would be lost that were not sent yet.
        """
        if self.past is not None:
            Period.chosen(self.past)
        unsent = replica.unsent_outside(self._selected(replica)) if self.remove_items and not self.lose_unsent else 0
        if unsent:
            raise Unsafe(
                plural(
                    "{count} change was not sent yet. Synchronise its module, or say --lose-unsent to lose it.",
                    "{count} changes were not sent yet. Synchronise their modules, or say --lose-unsent to lose them.",
                    count=unsent,
                )
            )

    def apply(self, replica: Replica) -> None:
        """Select the modules and the time, and remove what lies outside if that was wanted."""
        replica.modules = self._selected(replica)
        if self.past is not None:
            replica.past = Period.chosen(self.past)
        if self.remove_items:
            replica.remove_outside()

    def _selected(self, replica: Replica) -> frozenset[Module]:
        before = replica.modules
        given = {Module.CONTACTS: self.contacts, Module.CALENDAR: self.appointments, Module.TASKS: self.tasks}
        return frozenset(module for module, wanted in given.items() if wanted or (wanted is None and module in before))


def shown_scope(replica: Replica) -> Mapping[str, object]:
    """These settings as they are, by name."""
    modules = replica.modules
    return {
        "contacts": Module.CONTACTS in modules,
        "appointments": Module.CALENDAR in modules,
        "tasks": Module.TASKS in modules,
        "past": ALL if replica.past is None else str(replica.past),
    }
