"""How to listen: the double's ``win32com.client.WithEvents``."""

from __future__ import annotations

from typing import TypeVar

from tests.outlook_double.application import Application
from tests.outlook_double.com import ComObject
from tests.outlook_double.folders import Folder, Folders
from tests.outlook_double.itemscollection import Items
from tests.outlook_double.session import Target
from tests.outlook_double.stores import Stores

T = TypeVar("T")


def with_events(source: object, handlers: type[T]) -> T:
    """Make an object of a class whose methods are called ``OnItemAdd`` and so on, and let it listen.

    Both it and the source must be kept, or it hears nothing any more (section 1).
    """
    assert isinstance(source, ComObject)
    listener = handlers()
    source._session.listen(_target(source), source, listener)
    return listener


def _target(source: ComObject) -> Target:
    match source:
        case Items():
            return ("Items", source._folder)
        case Folder():
            return ("Folder", source._folder)
        case Folders():
            return ("Folders", source._below)
        case Application() | Stores():
            return (type(source).__name__, None)
        case _:
            raise TypeError(f"{type(source).__name__} has no events")
