"""Options that say where the mail of an account is, for Outlook to be told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from passerelle.cli.output import announce, say
from passerelle.model.errors import Missing
from passerelle.sync.accounts.registry import Account, Accounts

if TYPE_CHECKING:
    from passerelle.peers.outlook.prf import MailAccount
    from passerelle.sync.outlook_setup import OutlookSetup


@Parameter(name="*")
@dataclass(frozen=True, kw_only=True)
class MailOptions:
    """Options of ``outlook setup``."""

    imap: Annotated[
        str | None, Parameter(help="Your mail server for reading, as HOST or HOST:PORT; over TLS. Default port: 993.")
    ] = None
    smtp: Annotated[
        str | None,
        Parameter(help="Your mail server for sending. Default port: 587, with STARTTLS; 465 is TLS from the start."),
    ] = None
    mail_address: Annotated[str, Parameter(help="Your mail address. Default: what the server says.")] = ""
    mail_login: Annotated[str, Parameter(help="Your login for mail. Default: that of the account.")] = ""

    def of(self, accounts: Accounts, account: Account) -> MailAccount | None:
        """The mail account that they say; None if they say none.

        Raises:
            Missing: something of it is not said, and not known either.
            Invalid: a server is none.
        """
        from passerelle.peers.outlook.prf import IMAPS, SUBMISSION, MailServer
        from passerelle.sync.outlook_mail import mail_account

        if not (self.imap or self.smtp or self.mail_address or self.mail_login):
            return None
        if not (self.imap and self.smtp):
            raise Missing("A mail account has two servers. Give both --imap and --smtp.", "server")
        servers = MailServer.of(self.imap, IMAPS), MailServer.of(self.smtp, SUBMISSION)
        return mail_account(accounts, account, *servers, address=self.mail_address, login=self.mail_login)


def write_mail(outlook: OutlookSetup, account: Account, mail: MailAccount) -> None:
    """Write the file, and tell how Outlook is given it."""
    path = outlook.write_mail(account, mail)
    say("A file with your mail servers is written; no password is in it. Close Outlook, and let it take the file in:")
    announce(f'  outlook.exe /importprf "{path}"')
