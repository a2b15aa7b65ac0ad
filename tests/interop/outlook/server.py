"""Outlook's double as a COM server, under Windows' Python: while this runs, ``GetActiveObject`` finds an Outlook.

Real COM carries every call between two processes, and real pywin32 makes Python's values of COM's on both sides.
"""

from __future__ import annotations

import logging
import sys
from typing import Any

from passerelle.peers.outlook.listening import INTERFACES
from tests.outlook_double.com import ComObject, ReadOnly, Writable
from tests.outlook_double.events import Connected
from tests.outlook_double.machine import Machine

assert sys.platform == "win32"  # which mypy, too, understands: elsewhere it reads no further

import winreg

import pythoncom
import pywintypes
import win32com
import win32event
from win32com.server.exception import COMException
from win32com.server.policy import DynamicPolicy
from win32com.server.util import wrap

CLASS_ID = "{0006F03A-0000-0000-C000-000000000046}"
PROG_ID = "Outlook.Application"
SETS = pythoncom.DISPATCH_PROPERTYPUT | pythoncom.DISPATCH_PROPERTYPUTREF
NO_SUCH_MEMBER = -2147352573  # DISP_E_MEMBERNOTFOUND
NO_SUCH_NAME = -2147352570  # DISP_E_UNKNOWNNAME
NO_CONNECTION = -2147220992  # CONNECT_E_NOCONNECTION
NOTHING = (pythoncom.VT_VOID, 0)
OBJECT = (pythoncom.VT_DISPATCH, 1)
BY_REFERENCE = (pythoncom.VT_BYREF | pythoncom.VT_BOOL, 3)
PAUSE_MS = 100


class Served:
    """An object of the double, for pywin32's policy that asks for names."""

    def __init__(self, target: ComObject) -> None:
        self.target = target

    def _dynamic_(self, name: str, lcid: int, flags: int, arguments: tuple[Any, ...]) -> Any:
        member = getattr(type(self.target), name)
        if flags & SETS:
            if not isinstance(member, Writable):
                raise COMException(scode=NO_SUCH_MEMBER)
            setattr(self.target, name, _taken(arguments[0]))
            return None
        if isinstance(member, ReadOnly):
            return _given(getattr(self.target, name))
        if not flags & pythoncom.DISPATCH_METHOD:
            raise COMException(scode=NO_SUCH_MEMBER)  # that is how late binding finds out that it is a method
        return _given(getattr(self.target, name)(*map(_taken, arguments)))

    def _query_interface_(self, interface: object) -> Any:
        is_source = type(self.target).__name__ in INTERFACES
        if not is_source or interface != pythoncom.IID_IConnectionPointContainer:
            return None
        return wrap(Points(self.target), pythoncom.IID_IConnectionPointContainer)


class Points:
    """The events of an object as COM wants them: a container of connection points that is its only one itself."""

    _public_methods_ = ("FindConnectionPoint", "Advise", "Unadvise")
    _com_interfaces_ = (pythoncom.IID_IConnectionPointContainer, pythoncom.IID_IConnectionPoint)

    def __init__(self, target: ComObject) -> None:
        self._target = target
        self._connected: dict[int, Connected] = {}
        POINTS.append(self)

    def FindConnectionPoint(self, interface: object) -> Any:  # noqa: N802 - COM's name, as below
        if interface != pywintypes.IID(INTERFACES[type(self._target).__name__].id):
            raise COMException(scode=NO_CONNECTION)
        return wrap(self, pythoncom.IID_IConnectionPoint)

    def Advise(self, sink: Any) -> int:  # noqa: N802
        kind = type(self._target).__name__
        events = sink.QueryInterface(pythoncom.IID_IDispatch)  # Outlook asks for the interface, which Wine carries not
        cookie = len(self._connected) + 1
        self._connected[cookie] = Connected(self._target, _relay(kind, events))
        return cookie

    def Unadvise(self, cookie: int) -> None:  # noqa: N802
        self._connected.pop(cookie).close()


POINTS: list[Points] = []
"""Whoever is connected to is kept."""


def _relay(kind: str, events: Any) -> Any:
    """Whom the double tells: it calls the methods of a sink in another process by their numbers."""
    handlers = {f"On{name}": staticmethod(_call(events, number)) for name, number in INTERFACES[kind].events.items()}
    return type("Relay", (), {"source": kind, **handlers})()


def _call(events: Any, number: int) -> Any:
    def call(*arguments: Any) -> Any:
        types = tuple(BY_REFERENCE if isinstance(each, bool) else OBJECT for each in arguments)
        return events.InvokeTypes(number, 0, pythoncom.DISPATCH_METHOD, NOTHING, types, *map(_given, arguments))

    return call


class Policy(DynamicPolicy):
    """pywin32's policy for objects with names instead of numbers; one that there is not is told at once."""

    def _getdispid_(self, name: str, flags: int) -> int:
        if name.startswith("_") or not hasattr(type(self._obj_.target), name):
            raise COMException(scode=NO_SUCH_NAME)
        return int(super()._getdispid_(name, flags))


def _given(value: Any) -> Any:
    """A value on its way out; of a tuple the policy would take all but the first for arguments that come back.

    An error in a value's place goes as a number, which pywin32 makes of it at the other end; it can send no such error.
    """
    if isinstance(value, ComObject):
        return wrap(Served(value), usePolicy=Policy)
    return [_given(each) for each in value] if isinstance(value, tuple) else value


def _taken(value: Any) -> Any:
    """A value on its way in; an object of ours comes back as itself."""
    is_object = isinstance(value, pythoncom.TypeIIDs[pythoncom.IID_IDispatch])
    return pythoncom.UnwrapObject(value)._obj_.target if is_object else value


def _keep_quiet() -> None:
    """Let pywin32 not write a traceback of each refusal: nobody reads them, and a full pipe stops all."""
    quiet = logging.getLogger("refusals")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    win32com.logger = quiet


def main() -> None:
    """Serve an Outlook until somebody quits it."""
    _keep_quiet()
    winreg.SetValue(winreg.HKEY_CLASSES_ROOT, rf"{PROG_ID}\CLSID", winreg.REG_SZ, CLASS_ID)
    machine = Machine()
    machine.start()
    running = wrap(Served(machine.get_active_object(PROG_ID)), usePolicy=Policy)
    handle = pythoncom.RegisterActiveObject(running, CLASS_ID, 0)
    print("serving", flush=True)  # noqa: T201 - whoever started it waits for that
    while machine.is_running:
        win32event.MsgWaitForMultipleObjects([], False, PAUSE_MS, win32event.QS_ALLINPUT)
        pythoncom.PumpWaitingMessages()
        machine.pump()
    pythoncom.RevokeActiveObject(handle)


if __name__ == "__main__":
    main()
