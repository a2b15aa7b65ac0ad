"""The settings of an account, a module for each topic.

A topic brings a frozen class of options (:class:`Topic`), all None unless they were given, and a function that names
its settings as they are. A new one gets its place in ``account set`` and in ``account show``.
"""

from __future__ import annotations

from typing import Protocol

from passerelle.sync.accounts.registry import Account, Accounts


class Topic(Protocol):
    """Options of ``account set``."""

    def apply(self, accounts: Accounts, account: Account) -> Account:
        """Change what was given; return the account as it is then."""
