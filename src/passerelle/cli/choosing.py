"""Which accounts a cycle is for, and what of them is to be compared item by item."""

from __future__ import annotations

from collections.abc import Sequence
from shlex import quote

from passerelle.cli.naming import find_folder
from passerelle.cli.output import about, say
from passerelle.model.errors import Contradiction, Missing
from passerelle.model.text import Text
from passerelle.sync.accounts.registry import Account, Accounts


def enabled_accounts(accounts: Accounts, name: str | None, *, quiet: bool) -> tuple[Account, ...]:
    """The account of a name, or all that are not disabled; those that are left out are said unless ``quiet``.

    Raises:
        NotFound: there is no such account, or none at all.
        Contradiction: the account that was named is disabled.
    """
    chosen = accounts.all() if name is None else ()
    if not chosen:
        account = accounts.get(name)
        if not account.enabled:
            raise Contradiction(
                Text(
                    "The account {name} is disabled. Enable it with “passerelle account enable {word}”.",
                    name=account.name,
                    word=quote(account.name),
                )
            )
        return (account,)
    for one in chosen:
        if not one.enabled and not quiet:
            say(about(one.name, Text("This account is disabled and was left alone.")))
    return tuple(one for one in chosen if one.enabled)


def want_slow_sync(accounts: Accounts, chosen: Sequence[Account], folders: Sequence[str], *, slow: bool) -> None:
    """Have the next cycle of the accounts compare the folders that were named, or everything.

    Raises:
        Missing: folders were named without asking for a slow synchronisation.
        Contradiction: folders were named, and there are several accounts.
        NotFound: there is no such folder.
    """
    if folders and not slow:
        raise Missing("Folders are named for a slow synchronisation only. Say --slow as well.", "slow")
    if folders and len(chosen) > 1:
        raise Contradiction("Several accounts have folders of their own. Say which one with --account.")
    for account in chosen if slow else ():
        with accounts.replica(account) as replica:
            session = replica.session() if folders else None
            ids = None if session is None else [find_folder(session, name).id for name in folders]
            replica.want_slow_sync(ids)
