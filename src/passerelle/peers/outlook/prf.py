"""A mail account as a ``.prf`` file, which Outlook takes into a profile: ``outlook.exe /importprf FILE``.

The format is that of Microsoft's Office Customization Tool: sections of a profile's defaults, services and accounts,
and last the numbers of the properties that the names of the accounts' values mean. There is no password: Outlook asks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec import Struct

from passerelle.model.errors import Invalid
from passerelle.model.text import Text

IMAPS: Final = 993
"""The port of IMAP over TLS: the format has no word for STARTTLS there."""
SUBMISSION: Final = 587
"""The port of mail submission, with STARTTLS."""
_SUBMISSIONS = 465
_TLS, _STARTTLS = 1, 2
"""What ``SMTPSecureConnection`` takes; 0 would be neither."""
_TIMEOUT_S = 60
_HIGHEST_PORT = 65535
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_NUMBERS: Final[Mapping[str, str]] = {
    "AccountName": "PT_UNICODE,0x0002",
    "DisplayName": "PT_UNICODE,0x000B",
    "EmailAddress": "PT_UNICODE,0x000C",
    "IMAPServer": "PT_UNICODE,0x0100",
    "IMAPUserName": "PT_UNICODE,0x0101",
    "IMAPPort": "PT_LONG,0x0104",
    "IMAPUseSSL": "PT_LONG,0x0105",
    "IMAPUseSPA": "PT_LONG,0x0108",
    "SMTPServer": "PT_UNICODE,0x0200",
    "SMTPPort": "PT_LONG,0x0201",
    "SMTPUseAuth": "PT_LONG,0x0203",
    "SMTPUserName": "PT_UNICODE,0x0204",
    "SMTPUseSPA": "PT_LONG,0x0207",
    "SMTPAuthMethod": "PT_LONG,0x0208",
    "ServerTimeOut": "PT_LONG,0x0209",
    "SMTPSecureConnection": "PT_LONG,0x020A",
    "ConnectionType": "PT_LONG,0x000F",
}
"""The kind and number of each value's property (the documentation's section 7)."""


class MailServer(Struct, frozen=True):
    """Where a server of mail listens."""

    host: str
    port: int

    @classmethod
    def of(cls, text: str, port: int) -> MailServer:
        """What ``HOST`` or ``HOST:PORT`` says.

        Raises:
            Invalid: it is neither.
        """
        host, colon, given = text.strip().rpartition(":") if text.count(":") == 1 else (text.strip(), "", "")
        if not host or any(character.isspace() for character in host):
            raise Invalid(Text("“{text}” is no server. Give its name, such as mail.example.org.", text=text), "server")
        if colon and not (given.isdecimal() and 0 < int(given) <= _HIGHEST_PORT):
            raise Invalid(Text("“{text}” has no port between 1 and 65535.", text=text), "port")
        return cls(host, int(given) if colon else port)


class MailAccount(Struct, frozen=True, kw_only=True):
    """A mail account. ``name`` is how it is called, ``sender`` whose name its mails bear."""

    name: str
    sender: str
    address: str
    login: str
    imap: MailServer
    smtp: MailServer


def prf(account: MailAccount, profile: str, *, is_default: bool) -> bytes:
    """The file that adds an account to a profile and leaves the rest of that as it is; one that is not there is made.

    Plain ASCII if that suffices, as Outlook expects it of old; else UTF-16 with its mark, as Windows' reader knows it.

    Raises:
        Invalid: a value holds a line break, or another control character.
    """
    text = "".join(f"{line}\r\n" for line in _lines(account, profile, is_default=is_default))
    return text.encode("ascii") if text.isascii() else text.encode("utf-16")


def _lines(account: MailAccount, profile: str, *, is_default: bool) -> Iterator[str]:
    defaults: dict[str, str | int] = {
        "Custom": 1,
        "ProfileName": profile,
        "DefaultProfile": _yes(is_default),
        "OverwriteProfile": "Append",
        "ModifyDefaultProfileIfPresent": "FALSE",
    }
    yield from _section("General", defaults)
    yield from _section("Service List", {})
    yield from _section("Internet Account List", {"Account1": "IMAP_I_Mail"})
    yield from _section("Account1", {"UniqueService": _yes(False), **_values(account)})  # noqa: FBT003 - its word
    yield from _section("IMAP_I_Mail", {"AccountType": "IMAP", **_NUMBERS})


def _values(account: MailAccount) -> Mapping[str, str | int]:
    return {
        "AccountName": account.name,
        "DisplayName": account.sender,
        "EmailAddress": account.address,
        "IMAPServer": account.imap.host,
        "IMAPUserName": account.login,
        "IMAPPort": account.imap.port,
        "IMAPUseSSL": 1,
        "IMAPUseSPA": 0,
        "SMTPServer": account.smtp.host,
        "SMTPPort": account.smtp.port,
        "SMTPUseAuth": 1,
        "SMTPUserName": account.login,
        "SMTPUseSPA": 0,
        "SMTPAuthMethod": 0,  # with the same login as IMAP
        "ServerTimeOut": _TIMEOUT_S,
        "SMTPSecureConnection": _TLS if account.smtp.port == _SUBMISSIONS else _STARTTLS,
        "ConnectionType": 0,  # over the network
    }


def _section(name: str, values: Mapping[str, str | int]) -> Iterator[str]:
    yield f"[{name}]"
    yield from (f"{key}={_checked(value)}" for key, value in values.items())
    yield ""


def _checked(value: str | int) -> str:
    text = str(value).strip()
    if _CONTROL.search(text):
        raise Invalid(Text("“{text}” holds a line break or another control character.", text=repr(text)), "mail")
    return text


def _yes(is_so: bool) -> str:  # noqa: FBT001 - what it says
    return "Yes" if is_so else "No"
