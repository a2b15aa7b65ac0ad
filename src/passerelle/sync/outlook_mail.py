"""A file with the account's mail servers, which Outlook takes into the profile that shows the account."""

from __future__ import annotations

from pathlib import Path

from passerelle.model.errors import Missing
from passerelle.peers.outlook.prf import MailAccount, MailServer, prf
from passerelle.peers.outlook.registry import Registry, installed
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.replica import Replica

_USUAL_PROFILE = "Outlook"
"""What Outlook calls the first profile that it makes."""


def mail_account(
    accounts: Accounts, account: Account, imap: MailServer, smtp: MailServer, address: str = "", login: str = ""
) -> MailAccount:
    """The account's mail, by what its server said of the user where ``address`` and ``login`` do not say it.

    Raises:
        Missing: nobody says what the user's address is.
    """
    with accounts.replica(account) as replica:
        known, name = _user_of(replica)
    if not (address or known):
        raise Missing("Your mail address is not known here. Sync first, or give it with --mail-address.", "mail")
    return MailAccount(
        name=account.name,
        sender=name or account.login,
        address=address or known,
        login=login or account.login,
        imap=imap,
        smtp=smtp,
    )


def _user_of(replica: Replica) -> tuple[str, str]:
    """Mail address and name of the account's user; empty where they are not known."""
    with replica.store.reading() as tx:
        user = tx.principals.user(replica.membership.user)
    return ("", "") if user is None else (user.email, user.display_name)


def write_mail_account(registry: Registry, account: Account, mail: MailAccount, path: Path) -> Path:
    """Write the file for the profile that the account is in, else for the default one. There is no password in it."""
    defaults = [one.default_profile for one in installed(registry) if one.default_profile]
    profile = account.outlook_profile or next(reversed(defaults), _USUAL_PROFILE)
    data = prf(mail, profile, is_default=profile in defaults or not defaults)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path
