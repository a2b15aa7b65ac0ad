"""Options that several commands share, and where data live unless told otherwise."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.translations import said


def data_home() -> Path:
    """The user's directory for application data (XDG base directory specification)."""
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "passerelle"


ServerData = Annotated[
    Path | None,
    Parameter(
        name="--data",
        env_var="PASSERELLE_SERVER_DATA",
        help="Directory of the server. Default: ~/.local/share/passerelle/server",
    ),
]
ConnectorData = Annotated[
    Path | None,
    Parameter(
        name="--data",
        env_var="PASSERELLE_DATA",
        help="Directory of your accounts. Default: ~/.local/share/passerelle/accounts",
    ),
]
Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON for a script.")]
Account = Annotated[str | None, Parameter(name="--account", help="Name of the account, if you have several.")]
SmallPictures = Annotated[bool, Parameter(name="--small-pictures", negative="")]
PasswordStdin = Annotated[
    bool,
    Parameter(name="--password-stdin", negative="", help="Read the password from standard input, not by asking."),
]


def server_directory(data: Path | None) -> Path:
    """The server's directory that a command works on."""
    return data or data_home() / "server"


def connector_directory(data: Path | None) -> Path:
    """The directory of accounts that a command works on."""
    return data or data_home() / "accounts"


def read_password(*, stdin: bool, prompt: str, option: str = "--password-stdin") -> str:
    """A password, from the next line of standard input or asked for without echo; ``option`` asks for the former.

    Raises:
        Misconfigured: it is empty, or there is no terminal to ask on.
    """
    if stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        password = getpass.getpass(said(prompt))
    else:
        message = Text("There is no terminal to ask for the password on. Pipe it in with {option}.", option=option)
        raise Misconfigured(message)
    if not password:
        message = Text("The password is empty. Give one with at least one character.")
        raise Misconfigured(message)
    return password
