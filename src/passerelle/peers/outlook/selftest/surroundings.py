"""The Windows that Outlook runs on, as far as Outlook's answers depend on it."""

from __future__ import annotations

import getpass
import platform
import socket
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from msgspec import Struct

from passerelle.peers.outlook.connecting import list_separator
from passerelle.peers.outlook.listening import Ears, system_ears
from passerelle.peers.outlook.registry import Registry

_REGIONAL = r"Control Panel\International"
_SETTINGS = {
    "sShortDate": "short dates",
    "sTimeFormat": "times",
    "sShortTime": "short times",
    "LocaleName": "regional settings",
}
_LANGUAGE = r"Software\Microsoft\Office\16.0\Common\LanguageResources"


class Surroundings(Struct, frozen=True, kw_only=True):
    """What is told of the machine, how one listens there, and how a date and time is written in its short form.

    ``private`` are words that are told nobody.
    """

    facts: Mapping[str, str]
    separator: str
    ears: Ears
    short_form: Callable[[datetime], str]
    private: tuple[str, ...] = ()


def of_this_machine(registry: Registry) -> Surroundings:
    """What the Windows says that we run on."""
    facts = {about: registry.get(_REGIONAL, name) or "" for name, about in _SETTINGS.items()}
    separator = list_separator()
    return Surroundings(
        facts={
            "Windows": _version(),
            "Python": f"{platform.python_version()}, {platform.architecture()[0]}",
            **facts,
            "list separator": separator,
            "language of Office": registry.get(_LANGUAGE, "UILanguageTag") or "",
        },
        separator=separator,
        ears=system_ears(),
        short_form=_short_form,
        private=(getpass.getuser(), socket.gethostname(), str(Path.home())),
    )


def _version() -> str:
    """Windows' version and build, without the questions to Windows by which :mod:`platform` finds out more."""
    if sys.platform != "win32":
        return platform.platform()
    found = sys.getwindowsversion()
    return f"{found.major}.{found.minor}.{found.build}"


def _short_form(moment: datetime) -> str:
    if sys.platform != "win32":
        return f"{moment:%Y-%m-%d %H:%M}"
    import win32api  # type: ignore[import-untyped] # noqa: PLC0415 - there is none elsewhere

    shortest = 2  # TIME_NOSECONDS, which is DATE_SHORTDATE plus one, as it happens: no seconds
    return f"{win32api.GetDateFormat(0, 1, moment)} {win32api.GetTimeFormat(0, shortest, moment)}"
