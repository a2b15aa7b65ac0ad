"""What stands of Outlook in the registry: which versions and profiles there are, where free/busy is asked for."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol, final

from msgspec import Struct

from passerelle.model.errors import Misconfigured

_OFFICE = r"Software\Microsoft\Office"
_FREE_BUSY = r"Outlook\Options\Calendar\Internet Free/Busy"
_READ = "Read URL"
_VERSIONS = {"15.0": "2013", "16.0": "2016, 2019, 2021, 2024 or Microsoft 365"}
"""Those that have the time zones and the identity of meetings that we need, by their numbers in the registry."""


class Registry(Protocol):
    """The current user's part of the registry."""

    def names(self, key: str) -> Sequence[str]:
        """The keys right below a key; nothing where there is no such key."""

    def get(self, key: str, name: str) -> str | None:
        """A text; None where there is none."""

    def put(self, key: str, name: str, value: str | None) -> None:
        """Set a text; None takes it out."""


class Installed(Struct, frozen=True, kw_only=True):
    """A version of Outlook that the user has used, with its profiles."""

    number: str
    name: str
    profiles: tuple[str, ...]
    default_profile: str | None


def installed(registry: Registry) -> list[Installed]:
    """The versions of Outlook, the oldest first."""
    found = [number for number in _VERSIONS if registry.names(rf"{_OFFICE}\{number}\Outlook")]
    return [
        Installed(
            number=number,
            name=f"Outlook {_VERSIONS[number]}",
            profiles=tuple(registry.names(rf"{_OFFICE}\{number}\Outlook\Profiles")),
            default_profile=registry.get(rf"{_OFFICE}\{number}\Outlook", "DefaultProfile"),
        )
        for number in found
    ]


def profiles(registry: Registry) -> frozenset[str]:
    """The names of all profiles, of whatever version."""
    return frozenset(name for one in installed(registry) for name in one.profiles)


def free_busy_address(url: str) -> str:
    """Where Outlook asks a server of ours when people have time (manual, 5.2); it fills in the names itself."""
    return f"{url.rstrip('/')}/servlet/webdav.freebusy?username=%NAME%&server=%SERVER%"


def free_busy(registry: Registry, version: str) -> str | None:
    """Where a version of Outlook asks now."""
    return registry.get(rf"{_OFFICE}\{version}\{_FREE_BUSY}", _READ)


def set_free_busy(registry: Registry, version: str, address: str | None) -> None:
    """Let a version of Outlook ask there; None: nowhere."""
    registry.put(rf"{_OFFICE}\{version}\{_FREE_BUSY}", _READ, address)


if sys.platform == "win32":
    import winreg

    @final
    class WindowsRegistry:
        """What is below ``HKEY_CURRENT_USER``."""

        def names(self, key: str) -> Sequence[str]:
            """The keys right below a key."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    return [winreg.EnumKey(opened, number) for number in range(winreg.QueryInfoKey(opened)[0])]
            except FileNotFoundError:
                return []

        def get(self, key: str, name: str) -> str | None:
            """A text."""
            try:
                with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
                    return str(winreg.QueryValueEx(opened, name)[0])
            except FileNotFoundError:
                return None

        def put(self, key: str, name: str, value: str | None) -> None:
            """Set a text, or take it out."""
            with winreg.CreateKey(winreg.HKEY_CURRENT_USER, key) as opened:
                if value is not None:
                    winreg.SetValueEx(opened, name, 0, winreg.REG_SZ, value)
                    return
                with suppress(FileNotFoundError):
                    winreg.DeleteValue(opened, name)

    def system_registry() -> Registry:
        """The registry of this machine."""
        return WindowsRegistry()

else:

    def system_registry() -> Registry:
        """The registry of this machine.

        Raises:
            Misconfigured: this is no Windows.
        """
        raise Misconfigured("Outlook is kept in step where it runs: on Windows.")
