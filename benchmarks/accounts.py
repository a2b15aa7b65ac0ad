"""Many accounts in one process: what each of them adds to its memory, and what an idle cycle costs there."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import msgspec

from benchmarks.connector import PROGRAM
from benchmarks.items import whole_mixture
from benchmarks.many_accounts import Together
from benchmarks.passerelle_both import PASSWORD, fill_user
from benchmarks.processes import run_client, server
from benchmarks.results import Machine
from passerelle.groupware.provision import add_user, initialise
from passerelle.store import Store
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.accounts.secrets_in_file import FileSecrets

_ROOT = Path(__file__).resolve().parents[1]


def measure(count: int, items: int, directory: Path) -> Together:
    """Serve so many users with so many items each, and keep an account of each in step by one process.

    Raises:
        Failed: a side did not do its work.
    """
    office, connector = directory / "office", directory / "accounts"
    logins = [f"user{number}" for number in range(count)]
    mixture = whole_mixture(items)
    with Store.create(office) as store:
        initialise(store)
        for login in logins:
            user = add_user(store, login, PASSWORD, first_name=login, email=f"{login}@passerelle.example")
            fill_user(store, user.id, mixture)
    with server([PROGRAM, "server", "run", "--port", "0", "--data", office], directory, {}) as ours:
        url = ours.wait_for(r"listening on (\S+)")
        accounts = Accounts(connector, FileSecrets(connector))
        for login in logins:
            accounts.add(url, login, PASSWORD)
        command: list[str | Path] = [sys.executable, "-m", "benchmarks.many_accounts", connector]
        run = run_client(command, directory, {"PYTHONPATH": str(_ROOT)})
    return msgspec.json.decode(run.output, type=Together)


_SECTION = """\
## Many accounts in one process

{accounts} accounts with {items:,} items each are kept in step by one process, one after the other. The first account
takes {one:.0f} MiB with all that the program loads; each further one adds {each:.2f} MiB. A cycle with nothing to do
takes {idle:.0f} ms, and {processor:.0f} ms of processor time. Made by `make bench ARGS="accounts --page"`.

Measured on {date} on {processor_name}, {cores} cores, with {versions}. {remark}"""


def section(found: Together, items: int, machine: Machine, versions: Mapping[str, str], date: str, remark: str) -> str:
    """The section of the manual's page; ``remark`` is a sentence about the circumstances, or empty."""
    text = _SECTION.format(
        accounts=found.accounts,
        items=items,
        one=found.one_mib,
        each=(found.all_mib - found.one_mib) / max(found.accounts - 1, 1),
        idle=found.idle_ms,
        processor=found.idle_processor_ms,
        date=date,
        processor_name=machine.processor,
        cores=machine.cores,
        versions=", ".join(f"{name} {version}" for name, version in versions.items()),
        remark=remark,
    )
    return text.rstrip() + "\n"
