"""The file that tells Outlook a mail account: what Windows' readers of such files find in it."""

from __future__ import annotations

from configparser import ConfigParser

import pytest
from msgspec.structs import replace

from passerelle.model.errors import Invalid
from passerelle.peers.outlook.prf import IMAPS, SUBMISSION, MailAccount, MailServer, prf

ACCOUNT = MailAccount(
    name="anna",
    sender="Anna Arnold",
    address="anna@example.org",
    login="anna",
    imap=MailServer("imap.example.org", 993),
    smtp=MailServer("smtp.example.org", 587),
)


def read(data: bytes) -> ConfigParser:
    """As a reader of such files does: names differ by more than case, and nothing is put in for ``%``."""
    text = data.decode("utf-16" if data.startswith(b"\xff\xfe") else "ascii")
    assert text.replace("\r\n", "").isprintable()
    found = ConfigParser(delimiters=("=",), comment_prefixes=(";",), interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign] # as its documentation says
    found.read_string(text)
    return found


def test_an_account_is_added_to_the_profile_and_nothing_there_is_replaced() -> None:
    found = read(prf(ACCOUNT, "Outlook", is_default=True))
    assert found.sections() == ["General", "Service List", "Internet Account List", "Account1", "IMAP_I_Mail"]
    assert dict(found["General"]) == {
        "Custom": "1",
        "ProfileName": "Outlook",
        "DefaultProfile": "Yes",
        "OverwriteProfile": "Append",
        "ModifyDefaultProfileIfPresent": "FALSE",
    }
    assert dict(found["Internet Account List"]) == {"Account1": "IMAP_I_Mail"}
    assert dict(found["Service List"]) == {}
    assert read(prf(ACCOUNT, "Second", is_default=False))["General"]["DefaultProfile"] == "No"


def test_it_says_the_servers_and_how_to_log_in_but_no_password() -> None:
    account = read(prf(ACCOUNT, "Outlook", is_default=True))["Account1"]
    assert {name: account[name] for name in account if not name.startswith(("IMAP", "SMTP"))} == {
        "UniqueService": "No",
        "AccountName": "anna",
        "DisplayName": "Anna Arnold",
        "EmailAddress": "anna@example.org",
        "ServerTimeOut": "60",
        "ConnectionType": "0",
    }
    incoming = {name: account[f"IMAP{name}"] for name in ("Server", "UserName", "Port", "UseSSL", "UseSPA")}
    assert incoming == {"Server": "imap.example.org", "UserName": "anna", "Port": "993", "UseSSL": "1", "UseSPA": "0"}
    outgoing = [account[f"SMTP{name}"] for name in ("Server", "Port", "SecureConnection", "UseAuth", "AuthMethod")]
    assert outgoing == ["smtp.example.org", "587", "2", "1", "0"]


def test_each_value_has_a_property_of_its_own_and_its_kind() -> None:
    found = read(prf(ACCOUNT, "Outlook", is_default=True))
    meanings = dict(found["IMAP_I_Mail"])
    assert meanings.pop("AccountType") == "IMAP"
    assert meanings.keys() == found["Account1"].keys() - {"UniqueService"}
    assert len({meaning.partition(",")[2] for meaning in meanings.values()}) == len(meanings)
    numbers = {name for name, meaning in meanings.items() if meaning.startswith("PT_LONG,")}
    assert numbers == {name for name in meanings if found["Account1"][name].isdecimal()}


def test_submission_over_tls_from_the_start_is_told_from_starttls() -> None:
    account = replace(ACCOUNT, smtp=MailServer("smtp.example.org", 465))
    assert read(prf(account, "Outlook", is_default=True))["Account1"]["SMTPSecureConnection"] == "1"


def test_names_of_any_language_come_through() -> None:
    account = replace(ACCOUNT, sender="Ærø Žižek; 100 % = Ελλάδα", name="[anna]")
    data = prf(account, "Müller", is_default=True)
    assert data.startswith(b"\xff\xfe")
    found = read(data)
    assert found["Account1"]["DisplayName"] == "Ærø Žižek; 100 % = Ελλάδα"
    assert found["General"]["ProfileName"] == "Müller"


@pytest.mark.parametrize("sender", ["Anna\r\n[General]", "Anna\n", "a\u2028b", "a\0b"])
def test_no_value_brings_lines_of_its_own(sender: str) -> None:
    account = replace(ACCOUNT, sender=f"x{sender}x")
    with pytest.raises(Invalid, match="control character"):
        prf(account, "Outlook", is_default=True)


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("mail.example.org", MailServer("mail.example.org", IMAPS)),
        (" mail.example.org:143 ", MailServer("mail.example.org", 143)),
        ("2001:db8::1", MailServer("2001:db8::1", IMAPS)),
    ],
)
def test_a_server_is_a_host_and_perhaps_a_port(text: str, server: MailServer) -> None:
    assert MailServer.of(text, IMAPS) == server


@pytest.mark.parametrize("text", ["", ":25", "mail.example.org:", "mail:x", "mail:0", "mail:65536", "a b", "a\nb:25"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        MailServer.of(text, SUBMISSION)
