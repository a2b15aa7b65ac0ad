"""An account on disk, and what its Outlook shows."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import msgspec

from passerelle.peers.base import Identity
from passerelle.sync.accounts.registry import Account, Accounts
from passerelle.sync.accounts.secrets_in_file import FileSecrets
from passerelle.sync.replica import Replica
from tests.outlook_double.machine import Machine
from tests.outlook_double.user import User
from tests.sync.world import ME


def account_in(data: Path, *, outlook: str = "") -> tuple[Accounts, Account]:
    """An account that is shown in a data file, with an empty replica; its server is never asked."""
    account = Account(
        name="anna", url="https://ox.example.org", login="anna", directory="replicas/anna", outlook=outlook
    )
    Replica.create(data / account.directory, "anna", Identity(user=ME, display_name="Anna", server="test")).close()
    (data / "accounts.json").write_bytes(msgspec.json.encode([account]))
    return Accounts(data, FileSecrets(data)), account


def subjects(machine: Machine, file: str, folder: str) -> list[str]:
    """What the items of a folder are called in Outlook."""
    user, root = User(machine), machine.profile.data_files[file].root
    found = []
    for record in user.folder(f"{root.name}/{folder}").records.values():
        with user.open(record.entry_id) as item:
            found.append(cast(str, item.Subject))
    return sorted(found)
