"""The text of a systemd user unit (systemd.unit(5), systemd.service(5), systemd.exec(5)). Pure."""

from __future__ import annotations

from typing import Final

from passerelle import __version__
from passerelle.desktop.service.installation import Installation
from passerelle.model.errors import Misconfigured, NotFound

WATCHDOG_S: Final = 60
"""The daemon reports six times in this time."""
USAGE_EXIT_CODE: Final = 2
_HOPELESS: Final = f"{USAGE_EXIT_CODE} {NotFound.exit_code} {Misconfigured.exit_code}"
"""Exit codes that another start would only bring again: a wrong option, no account, a broken installation."""

_TEMPLATE: Final = """\
# Written by "passerelle service install" of version {version}; removed by "passerelle service remove".
[Unit]
Description=Passerelle keeps calendars, contacts and tasks in step ({data})
StartLimitIntervalSec=600
StartLimitBurst=10

[Service]
Type=notify
ExecStart={command}
{environment}
WatchdogSec={watchdog_s}
Restart=on-failure
RestartSec=5
RestartPreventExitStatus={hopeless}
TimeoutStopSec=30

# What works without privileges, and without user namespaces, which some systems forbid.
UMask=0077
NoNewPrivileges=yes
LockPersonality=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
TasksMax=512

[Install]
WantedBy=default.target
"""


def unit_text(installation: Installation) -> str:
    """The unit that runs a daemon. Equal installations of one version have equal texts."""
    variables = sorted(installation.environment.items())
    return _TEMPLATE.format(
        version=__version__,
        data=_plain(str(installation.data)),
        command=" ".join([f":{quoted(installation.command[0])}", *map(quoted, installation.command[1:])]),
        environment="\n".join(f"Environment={quoted(f'{name}={value}')}" for name, value in variables),
        watchdog_s=WATCHDOG_S,
        hopeless=_HOPELESS,
    )


def quoted(word: str) -> str:
    """A word of a command line, or an assignment, that systemd takes as it stands.

    A ``$`` needs no care: the colon before the program's name switches variables off.
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("%", "%%")
    return f'"{escaped}"'


def _plain(text: str) -> str:
    """Words for people: one line, no specifiers."""
    return text.replace("%", "%%").replace("\n", " ").replace("\\", "\\\\")
