"""``passerelle service …``: have the daemon run by itself from now on."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Final

from cyclopts import App

from passerelle.cli.options import ConnectorData, Json, connector_directory, data_home
from passerelle.cli.output import print_json, say
from passerelle.desktop.service.autostart import AutostartEntry
from passerelle.desktop.service.installation import Installation, service_name, this_installation
from passerelle.desktop.service.run_key import RunEntry
from passerelle.desktop.service.systemd import BOOTED, Condition, SystemdService, has_user_instance, lingers
from passerelle.model.errors import Misconfigured
from passerelle.model.text import Text
from passerelle.peers.outlook.registry import system_registry

app = App(name="service", help="Have your accounts kept in step by themselves, from each login on.")

_STATES: Final = {
    "active": Text("It runs."),
    "activating": Text("It is being started."),
    "deactivating": Text("It is being ended."),
    "inactive": Text("It does not run."),
    "failed": Text("It has failed, and is not started again."),
}


@app.command
def install(*, data: ConnectorData = None) -> int:
    """Keep your accounts in step from now on, and again from each login on.

    Args:
        data: Directory of your accounts.
    """
    directory = connector_directory(data)
    has_systemd = _has_systemd()
    _insist_on_an_account(directory)
    installation = this_installation(directory, _usual())
    if has_systemd:
        _install_unit(installation)
    else:
        _install_entry(installation)
    for name in installation.left_out:
        say(Text("{name} holds a password and was left out. Use: passerelle account set NAME --proxy URL", name=name))
    return 0


def _install_unit(installation: Installation) -> None:
    service = SystemdService(installation.name)
    if service.install(installation):
        say(Text("Installed and started as {unit} ({path}).", unit=service.unit, path=str(service.path)))
    else:
        say(Text("{unit} is installed already, and runs.", unit=service.unit))
    if not lingers(getpass.getuser()):
        say("It runs while you are logged in. For a machine that nobody logs in to: loginctl enable-linger")
    say(Text("Its log: journalctl --user -u {unit}", unit=service.unit))


def _install_entry(installation: Installation) -> None:
    entry = _entry(installation.name)
    entry.install(installation)
    say(Text("It is started when you log in ({place}).", place=entry.where))
    say("Nobody starts it again if it ends. To have it at once: passerelle sync --watch")
    if isinstance(entry, RunEntry):
        say("The icon, which warns you, is started, too. To have it at once: passerelle tray")


@app.command
def remove(*, data: ConnectorData = None) -> int:
    """Have your accounts kept in step no longer. The accounts and what is in them stay.

    Args:
        data: Directory of your accounts.
    """
    name = service_name(connector_directory(data), _usual())
    was_there = _entry(name).remove()
    service = SystemdService(name)
    if service.path.exists() and not _has_systemd():
        raise Misconfigured(_UNREACHABLE)
    was_there = service.remove() or was_there
    say("The service was removed. Next: passerelle sync" if was_there else "No service is installed.")
    return 0


@app.command
def status(*, data: ConnectorData = None, json: Json = False) -> int:
    """Show whether the service is installed, and whether it runs.

    Args:
        data: Directory of your accounts.
        json: Print JSON for a script.
    """
    name = service_name(connector_directory(data), _usual())
    entry = _entry(name)
    service = SystemdService(name)
    condition = service.condition() if has_user_instance() else None
    if json:
        print_json({"unit": service.unit, "autostart": entry.is_there(), "systemd": condition})
    elif condition is not None and condition.installed:
        _print_condition(service, condition)
    elif entry.is_there():
        say(Text("It is started when you log in ({place}).", place=entry.where))
    elif service.path.exists():
        say(_UNREACHABLE)
    else:
        say("No service is installed. Next: passerelle service install")
    return 0


def _print_condition(service: SystemdService, condition: Condition) -> None:
    say(Text("{unit} is installed ({path}).", unit=service.unit, path=str(service.path)))
    say(_STATES.get(condition.active, Text(condition.active)))
    if not condition.enabled:
        say("It is not started at login. Next: passerelle service install")
    if condition.active == "failed":
        say(Text("Why: journalctl --user -u {unit}. Then: passerelle service install", unit=service.unit))


_UNREACHABLE: Final = Text(
    "Your instance of systemd cannot be reached from here. Log in as this user, at the desktop or by SSH, "
    "and not with su or sudo."
)


def _has_systemd() -> bool:
    """Whether a unit is the way here; False: an entry of what is started at login. Raises Misconfigured: neither."""
    if sys.platform == "win32":
        return False
    if sys.platform != "linux":
        raise Misconfigured(
            Text("On this system, have “passerelle sync --watch” started at login by the system’s own means.")
        )
    if has_user_instance():
        return True
    if BOOTED.exists():
        raise Misconfigured(_UNREACHABLE)
    return False


def _entry(name: str) -> AutostartEntry | RunEntry:
    """What has something started at login where there is no systemd."""
    return RunEntry(name, system_registry()) if sys.platform == "win32" else AutostartEntry(name)


def _insist_on_an_account(directory: Path) -> None:
    """Raises NotFound: there is none, so that there would be nothing to do."""
    from passerelle.sync.accounts.registry import Accounts

    accounts = Accounts(directory)
    if not accounts.all():
        accounts.get()


def _usual() -> Path:
    return data_home() / "accounts"
