"""Which daemon a service runs: of which installation, for which accounts, in which surroundings."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct

KEPT: Final = (
    "PASSERELLE_LANGUAGE", "PASSERELLE_LOG", "PASSERELLE_LOG_FORMAT", "LANG", "LC_ALL", "LC_MESSAGES", "XDG_DATA_HOME",
    "PYTHON_KEYRING_BACKEND", "SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy",
    "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy",
)  # fmt: skip
"""What of the environment changes what the daemon does, and may be missing when a session starts it."""


class Installation(Struct, frozen=True):
    """A daemon for the accounts in ``data``, run by ``python`` in an ``environment``.

    ``name`` tells it from services for other directories. ``left_out`` are variables that hold a password.
    """

    name: str
    data: Path
    python: Path
    environment: Mapping[str, str]
    left_out: tuple[str, ...] = ()

    @property
    def command(self) -> tuple[str, ...]:
        """The program and its arguments."""
        return (str(self.python), "-m", "passerelle", "sync", "--watch", "--data", str(self.data))

    @property
    def icon_command(self) -> tuple[str, ...]:
        """The same for the icon in the panel."""
        return (str(self.python), "-m", "passerelle", "tray", "--data", str(self.data))


def this_installation(data: Path, usual: Path, environment: Mapping[str, str] = os.environ) -> Installation:
    """This very installation for the accounts in a directory; ``usual`` is where they are unless somebody says so."""
    kept = {name: environment[name] for name in KEPT if environment.get(name)}
    secret = tuple(name for name in kept if name.lower().endswith("proxy") and "@" in kept[name])
    return Installation(
        name=service_name(data, usual),
        data=data.absolute(),
        python=Path(sys.executable).absolute(),  # not resolved: the name in a virtualenv is what makes it one
        environment={name: value for name, value in kept.items() if name not in secret},
        left_out=secret,
    )


def service_name(data: Path, usual: Path) -> str:
    """What the service of a directory is called: each has one of its own."""
    if data.resolve() == usual.resolve():
        return "passerelle"
    return f"passerelle-{hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:8]}"
