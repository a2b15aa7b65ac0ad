"""``passerelle account set`` and ``show``: how an account is synchronised."""

from __future__ import annotations

import msgspec

from passerelle.cli.options import ConnectorData, Json, connector_directory
from passerelle.cli.output import print_json, print_table, tell
from passerelle.model.errors import Missing
from passerelle.model.text import Text
from passerelle.sync.accounts import Accounts
from passerelle.sync.policy import Winner


def set_account(
    name: str, /, *, conflicts: Winner | None = None, data: ConnectorData = None, json: Json = False
) -> int:
    """Choose how an account is synchronised; what is not given stays.

    Args:
        name: The account.
        conflicts: Whose value stays where you and the server changed the same field: "server" or "mine"; "newer", the
            later change; "ask", neither until you decide with "passerelle conflicts".
        data: Directory of your accounts.
        json: Print the settings as JSON.
    """
    if conflicts is None:
        raise Missing("There is nothing to set. “passerelle account set --help” lists what there is.", "conflicts")
    accounts = Accounts(connector_directory(data))
    with accounts.replica(accounts.get(name)) as replica:
        replica.policy = policy = msgspec.structs.replace(replica.policy, winner=conflicts)
    return tell(policy, Text("The settings of {name} are kept. The next sync goes by them.", name=name), json=json)


def show(name: str, /, *, data: ConnectorData = None, json: Json = False) -> int:
    """Show how an account is synchronised.

    Args:
        name: The account.
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    accounts = Accounts(connector_directory(data))
    account = accounts.get(name)
    with accounts.replica(account) as replica:
        policy = replica.policy
    if json:
        print_json({"account": account, "policy": policy})
    else:
        rows = [(Text("Server"), account.url), (Text("Login"), account.login), (Text("Conflicts"), policy.winner.value)]
        print_table(name, ("Setting", "Value"), rows)
    return 0
