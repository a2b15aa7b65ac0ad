"""Attaches to the Outlook that runs; it is never started uninvited."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import cast

from passerelle.model.errors import Misconfigured
from passerelle.peers.outlook.answers import answering
from passerelle.peers.outlook.objects import Application
from passerelle.peers.outlook.patience import Patience, Patient, growing

PROGRAM = "Outlook.Application"
"""What Outlook is registered as."""

Attach = Callable[[str], object]
"""``win32com.client.GetActiveObject``, or what stands for it."""


def attach(find: Attach, wait: Callable[[float], None]) -> Application:
    """The Outlook that runs, for the thread that asks. While it is busy, ``wait`` is called with seconds.

    Raises:
        NotRunning: none runs, or it runs with other rights than ours.
    """
    with answering():
        return cast(Application, Patient(find(PROGRAM), Patience(wait, growing)))


def list_separator() -> str:
    """What Windows puts between the words of a list, here and now; a comma elsewhere."""
    if sys.platform != "win32":
        return ","
    import winreg  # noqa: PLC0415 - there is none elsewhere

    with winreg.OpenKey(winreg.HKEY_CURRENT_USER, r"Control Panel\International") as key:
        return str(winreg.QueryValueEx(key, "sList")[0])


def enter_apartment() -> None:
    """Make this thread one that may speak with Outlook; once in each, before anything else is asked of it."""
    if sys.platform == "win32":
        import pythoncom  # type: ignore[import-untyped] # noqa: PLC0415 - as above

        pythoncom.CoInitialize()


def system_attach() -> Attach:
    """How Windows finds it.

    Raises:
        Misconfigured: this is no Windows.
    """
    if sys.platform != "win32":
        raise Misconfigured("Outlook is kept in step where it runs: on Windows.")
    from win32com.client import GetActiveObject  # type: ignore[import-untyped] # noqa: PLC0415 - there is none elsewhere

    return GetActiveObject
