"""``passerelle account …``: which servers this machine keeps replicas of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from shlex import quote
from typing import Annotated, TypeVar

import msgspec
from cyclopts import App, Parameter

from passerelle.cli.account_settings import AccountTopic, ReplicaTopic
from passerelle.cli.account_settings.connection import ConnectionOptions, shown_connection
from passerelle.cli.account_settings.guarding import GuardingOptions, shown_guarding
from passerelle.cli.account_settings.line import LineOptions, shown_line
from passerelle.cli.account_settings.merging import MergingOptions, shown_merging
from passerelle.cli.account_settings.scope import ScopeOptions, shown_scope
from passerelle.cli.account_settings.warning import WarningOptions, shown_warning
from passerelle.cli.options import ConnectorData, Json, PasswordStdin, connector_directory, read_password
from passerelle.cli.output import print_json, print_table, say, tell
from passerelle.cli.trusting import is_wanted, trust
from passerelle.model.errors import Missing, Unsafe
from passerelle.model.moments import zone_info
from passerelle.model.text import Text, plural
from passerelle.peers.line.certificates import Untrusted
from passerelle.peers.line.settings import Line
from passerelle.sync.accounts import enabling
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.past.period import Period

app = App(name="account", help="Your accounts on groupware servers.")
app.command(trust)

_NO_LINE = LineOptions()


@app.command
def add(  # noqa: PLR0913 - one parameter per option
    url: str,
    /,
    *,
    login: str,
    name: str = "",
    zone: str = "UTC",
    password_stdin: PasswordStdin = False,
    allow_plain: Annotated[bool, Parameter(negative="")] = False,
    past: str = "all",
    line: LineOptions = _NO_LINE,
    data: ConnectorData = None,
) -> int:
    """Add an account: log in once, make an empty replica, keep the password safely.

    If no authority vouches for the server's certificate, it is shown, and you are asked whether to trust it.

    Args:
        url: Address of the server, e.g. https://groupware.example.org.
        login: Your login there.
        name: How you want to call the account; default: the login.
        zone: Your time zone, for servers that do not say it.
        password_stdin: Read the password from standard input.
        allow_plain: Let the password travel unencrypted to another machine.
        past: How far back appointments are kept on this machine: 90days, 6months, 1year …, or all.
        line: How the server is reached.
        data: Directory of your accounts.
    """
    zone_info(zone)  # a time zone that does not exist is refused before anything is asked
    kept = Period.chosen(past)
    password = read_password(stdin=password_stdin, prompt=Text("Password of {login} at {url}: ", login=login, url=url))
    reached = line.line(Line())
    passwords = line.passwords(reached)
    accounts = Accounts(connector_directory(data))
    adding = partial(
        accounts.add, url, login, password, name=name, zone=zone, allow_plain=allow_plain, passwords=passwords
    )
    try:
        account = adding(line=reached)
    except Untrusted as error:
        if reached.fingerprint or not is_wanted(error.certificate, error.reason):
            raise
        account = adding(line=msgspec.structs.replace(reached, fingerprint=error.certificate.fingerprint))
    if kept is not None:
        with accounts.replica(account) as replica:
            replica.past = kept
    say(Text("Added the account {account}. Next: passerelle sync", account=account.name))
    return 0


@app.command(name="list")
def list_accounts(*, data: ConnectorData = None, json: Json = False) -> int:
    """Show your accounts."""
    accounts = Accounts(connector_directory(data)).all()
    if json:
        print_json(accounts)
    else:
        rows = [(a.name, a.url, a.login, Text("enabled") if a.enabled else Text("disabled")) for a in accounts]
        print_table(Text("Accounts"), ("Name", "Server", "Login", "State"), rows)
    return 0


@app.command
def show(name: str, /, *, data: ConnectorData = None, json: Json = False) -> int:
    """Show all settings of an account; "account set" changes them.

    Args:
        name: The account.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    account = accounts.get(name)
    settings = _settings(accounts, account)
    if json:
        print_json(settings)
    else:
        rows = [(setting.replace("_", "-"), _cell(value)) for setting, value in settings.items()]
        print_table(Text("The account {name}", name=account.name), ("Setting", "Value"), rows)
    return 0


def _settings(accounts: Accounts, account: Account) -> Mapping[str, object]:
    with accounts.replica(account) as replica:
        return {
            **shown_connection(account),
            **shown_line(account),
            **shown_merging(replica),
            **shown_guarding(replica),
            **shown_scope(replica),
            **shown_warning(account),
        }


def _cell(value: object) -> object:
    return (Text("yes") if value else Text("no")) if isinstance(value, bool) else value


_NO_CONNECTION, _NO_MERGING = ConnectionOptions(), MergingOptions()
_NO_GUARDING, _NO_SCOPE, _NO_WARNING = GuardingOptions(), ScopeOptions(), WarningOptions()


@app.command(name="set")
def set_settings(  # noqa: PLR0913 - a command has an option for each topic
    account: str,
    /,
    *,
    connection: ConnectionOptions = _NO_CONNECTION,
    line: LineOptions = _NO_LINE,
    merging: MergingOptions = _NO_MERGING,
    guarding: GuardingOptions = _NO_GUARDING,
    scope: ScopeOptions = _NO_SCOPE,
    warning: WarningOptions = _NO_WARNING,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Change settings of an account; what is not named stays as it is.

    A new address or login is tried first: it must lead to the same user on the same server. If one setting is refused,
    none is changed.

    Args:
        account: The account.
        connection: Its name, and its server.
        line: How the server is reached.
        merging: Who wins where both sides changed the same.
        guarding: How many deletions at once wait for your word.
        scope: What is synchronised.
        warning: When you are warned.
        data: Directory of your accounts.
        json: Print the settings as JSON.
    """
    of_account: Sequence[AccountTopic] = _given((line, connection, warning))
    of_replica: Sequence[ReplicaTopic] = _given((merging, guarding, scope))
    if not of_account and not of_replica:
        raise Missing("There is nothing to set. “passerelle account set --help” lists what there is.", "settings")
    accounts = Accounts(connector_directory(data))
    known = accounts.get(account)
    _check(accounts, known, of_replica)
    if of_account:
        wanted = warning.revised(connection.revised(line.revised(known)))
        known = accounts.revise(known, wanted, line.passwords(wanted.line))
    with accounts.replica(known) as replica:
        for topic in of_replica:
            topic.apply(replica)
    sentence = Text("The settings of {name} are kept. The next sync goes by them.", name=known.name)
    return tell(_settings(accounts, known), sentence, json=json)


_T = TypeVar("_T")


def _given(topics: Iterable[_T]) -> list[_T]:
    return [topic for topic in topics if topic != type(topic)()]


def _check(accounts: Accounts, account: Account, topics: Iterable[ReplicaTopic]) -> None:
    with accounts.replica(account) as replica:
        for topic in topics:
            topic.check(replica)


@app.command
def disable(name: str, /, *, data: ConnectorData = None) -> int:
    """Leave an account alone until it is enabled: its server is not asked any more.

    What is here stays, to be read and changed. What you change meanwhile is sent once the account is enabled.

    Args:
        name: The account.
        data: Directory of your accounts.
    """
    enabling.disable(Accounts(connector_directory(data)), name)
    say(
        Text(
            "The account {name} is disabled. “passerelle account enable {word}” takes it up again.",
            name=name,
            word=quote(name),
        )
    )
    return 0


@app.command
def enable(name: str, /, *, data: ConnectorData = None) -> int:
    """Synchronise an account again; the next cycle compares every item with the server.

    Args:
        name: The account.
        data: Directory of your accounts.
    """
    enabling.enable(Accounts(connector_directory(data)), name)
    say(Text("The account {name} is enabled. Next: passerelle sync", name=name))
    return 0


@app.command
def password(name: str, /, *, password_stdin: PasswordStdin = False, data: ConnectorData = None) -> int:
    """Give a new password after you changed it on the server.

    Args:
        name: The account.
        password_stdin: Read the password from standard input.
        data: Directory of your accounts.
    """
    new = read_password(stdin=password_stdin, prompt=Text("New password of the account {name}: ", name=name))
    Accounts(connector_directory(data)).set_password(name, new)
    say(Text("The new password of {name} is kept. Next: passerelle sync", name=name))
    return 0


@app.command
def remove(name: str, /, *, yes: Annotated[bool, Parameter(negative="")] = False, data: ConnectorData = None) -> int:
    """Forget an account with its replica; the server keeps everything that was sent to it.

    Args:
        name: The account.
        yes: Also if changes were not sent yet.
        data: Directory of your accounts.
    """
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(name)) as replica:
        unsent = sum(folder.unsent for folder in replica.status().folders)
    if unsent and not yes:
        message = plural(
            "{count} change of {name} was not sent yet. Sync first, or say --yes to lose it.",
            "{count} changes of {name} were not sent yet. Sync first, or say --yes to lose them.",
            count=unsent,
            name=name,
        )
        raise Unsafe(message)
    accounts.remove(name)
    say(Text("Removed the account {name} from this machine.", name=name))
    return 0
