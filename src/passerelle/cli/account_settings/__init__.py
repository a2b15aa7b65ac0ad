"""The settings of an account, a module for each topic.

A topic brings a frozen class of options, all None unless they were given, and a function that names its settings as
they are. A new one gets its place in ``account set`` and in ``account show``. Whatever can be refused is refused before
anything is kept, so that ``account set`` changes all that was named, or nothing.
"""

from __future__ import annotations

from typing import Protocol

from passerelle.sync.accounts.registry import Account
from passerelle.sync.replica import Replica


class AccountTopic(Protocol):
    """Options of ``account set`` about the account itself."""

    def revised(self, account: Account) -> Account:
        """The account with what was given; nothing is kept yet. Raises if it cannot be."""


class ReplicaTopic(Protocol):
    """Options of ``account set`` that are kept in the account's replica."""

    def check(self, replica: Replica) -> None:
        """Make sure that what was given can be applied. Raises if it cannot."""

    def apply(self, replica: Replica) -> None:
        """Keep what was given and checked."""
