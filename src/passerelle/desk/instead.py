"""What pages say in the place of sentences that name a command: what to do on a page.

The engine, the accounts and the line to a server say what happened and what to do about it, in the words of the command
line, where most of it is read; some of it is kept, and shown much later. Whoever looks at a page is told of pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from passerelle.model.text import Text, plural
from passerelle.translations import Catalogue

INSTEAD: Final[Mapping[str, Text]] = {
    "Compare it with what the server's administrator tells you; “passerelle account trust NAME”, or "
    "--trust-fingerprint for a new account, trusts it.": Text(
        "Compare it with what the server's administrator tells you before you trust it."
    ),
    "The proxy wants a name and a password, or does not accept those that it got. Give them with “passerelle account "
    "set NAME --proxy http://USER@HOST:PORT”.": Text(
        "The proxy wants a name and a password, or does not accept those that it got. Give them in the settings of the "
        "account."
    ),
    "The server wants to see a client certificate, or does not accept yours. Set it with “passerelle account set NAME "
    "--client-certificate FILE”.": Text(
        "The server wants to see a client certificate, or does not accept yours. Give it in the settings of the "
        "account."
    ),
    "The password for the proxy {proxy} is not known. Give it with “passerelle account set NAME --proxy "
    "{proxy}”.": Text(
        "The password for the proxy {proxy} is not known. Give it in the settings of the account.", proxy=""
    ),
    "The proxy's certificate is not trusted: {error}. Its authority can be given with --ca-file.": Text(
        "The proxy's certificate is not trusted: {error}. Give its authority in the settings of the account.", error=""
    ),
    "The password of the account “{account}” is not known here. Give it with “passerelle account password "
    "{word}”.": Text(
        "The password of the account “{account}” is not known here. Give it under “New password”.", account=""
    ),
    "There is no account yet. Add one with “passerelle account add”.": Text("There is no account yet."),
    "Your mail address is not known here. Sync first, or give it with --mail-address.": Text(
        "Your mail address is not known here. Synchronise first."
    ),
    "{number} items of “{folder}” were deleted {there}, more than usual. They are kept here until you decide: "
    "passerelle confirm": Text(
        "{number} items of “{folder}” were deleted {there}, more than usual. They are kept here until you decide, "
        "under “Waits for you”.",
        number=0,
        folder="",
        there="",
    ),
    "No deletions of “{name}” are held. “passerelle confirm” lists what is.": Text(
        "No deletions of “{name}” are held any more.", name=""
    ),
    "The folder “{folder}” with {count} item is gone {there}. It is kept here until you decide: passerelle "
    "confirm": plural(
        "The folder “{folder}” with {count} item is gone {there}. It is kept here until you decide, under "
        "“Waits for you”.",
        "The folder “{folder}” with {count} items is gone {there}. It is kept here until you decide, under "
        "“Waits for you”.",
        count=0,
        folder="",
        there="",
    ),
    "The folder “{name}” was deleted here, but {there} it has many items, or some that were added or changed there "
    "meanwhile. It stays there until you decide: passerelle confirm": Text(
        "The folder “{name}” was deleted here, but {there} it has many items, or some that were added or changed there "
        "meanwhile. It stays there until you decide, under “Waits for you”.",
        name="",
        there="",
    ),
    "“{title}” is gone. Bring it back with: passerelle restore {id}": Text(
        "“{title}” is gone. Bring it back by the history.", title=""
    ),
    "It waits for you. Decide with: passerelle conflicts decide {number} mine|server": Text(
        "It waits for you. Decide under “Waits for you”."
    ),
    "“{title}” was not deleted: it ended long ago, and is on the server only. “passerelle account set NAME --past” "
    "chooses how far back appointments are kept here.": Text(
        "“{title}” was not deleted: it ended long ago, and is on the server only. The settings of the account choose "
        "how far back appointments are kept here.",
        title="",
    ),
    "Neither is taken until you decide: passerelle conflicts list": Text(
        "Neither is taken until you decide, under “Waits for you”."
    ),
    "Ask its administrator. “passerelle confirm” says what you can do.": Text(
        "Ask its administrator. “Waits for you” says what you can do."
    ),
    "“passerelle confirm” says what you can do.": Text("“Waits for you” says what you can do."),
    "Yours is in the history, from where it can be copied: passerelle history": Text(
        "Yours is in the history, from where it can be copied."
    ),
    "{number} items of “{folder}” were deleted here, more than usual. They are kept {there} until you decide: "
    "passerelle confirm": Text(
        "{number} items of “{folder}” were deleted here, more than usual. They are kept {there} until you decide, "
        "under “Waits for you”.",
        number=0,
        folder="",
        there="",
    ),
    "A held deletion is not tried again. “passerelle confirm” decides on it.": Text(
        "A held deletion is not tried again, but decided on."
    ),
    "A held deletion is not kept as a copy. “passerelle confirm” decides on it.": Text(
        "A held deletion is not kept as a copy, but decided on."
    ),
    "There is no default folder for module {module}. Name one with --folder.": Text(
        "There is no default folder for it. Choose one."
    ),
}


@cache
def page_catalogue(language: str) -> Catalogue:
    """The catalogue of pages in a language, read once."""
    return Catalogue(language, instead=INSTEAD)
