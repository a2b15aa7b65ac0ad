"""What all objects of the double share: members that count and may fail, and nothing public but Outlook's own names."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import TYPE_CHECKING, Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar, overload

from passerelle.peers.outlook import objects
from passerelle.peers.outlook.constants import ObjectClass

if TYPE_CHECKING:
    from tests.outlook_double.session import Session

T = TypeVar("T")
P = ParamSpec("P")
S = TypeVar("S", bound="ComObject")


class ReadOnly(Generic[T]):
    """A property; as a decorator it makes one from the function that reads it."""

    def __init__(self, read: Callable[[Any], T]) -> None:
        self.read = read
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, obj: None, owner: type) -> ReadOnly[T]: ...
    @overload
    def __get__(self, obj: ComObject, owner: type) -> T: ...
    def __get__(self, obj: ComObject | None, owner: type) -> T | ReadOnly[T]:
        if obj is None:
            return self
        with obj._session.machine.turn:
            obj._enter(self.name)
            return self.read(obj)


class Writable(ReadOnly[T]):
    """A property that can be set, too."""

    def __init__(self, read: Callable[[Any], T], write: Callable[[Any, T], None]) -> None:
        super().__init__(read)
        self.write = write

    def __set__(self, obj: ComObject, value: T) -> None:
        with obj._session.machine.turn:
            obj._enter(self.name)
            self.write(obj, value)


def method(function: Callable[Concatenate[S, P], T]) -> Callable[Concatenate[S, P], T]:
    """Make a function a method of the object model."""

    def call(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        with self._session.machine.turn:
            self._enter(function.__name__)
            result = function(self, *args, **kwargs)
            self._session.leave(f"{type(self).__name__}.{function.__name__}")
            return result

    update_wrapper(call, function)
    call.__dict__["is_method"] = True
    return call


class ComObject:
    """An object of Outlook's, as long as Python refers to it. What begins with an underscore is the double's own."""

    _class: ClassVar[ObjectClass]

    def __init__(self, session: Session, parent: object = None) -> None:
        self._session = session
        self._parent = parent

    def _enter(self, member: str) -> None:
        """Begin a call. Raises ComError where it does not get through."""
        self._session.enter(f"{type(self).__name__.rstrip('_')}.{member}")

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("_") and not isinstance(getattr(type(self), name, None), Writable):
            raise AttributeError(f"Property '{type(self).__name__}.{name}' can not be set.")
        object.__setattr__(self, name, value)

    @ReadOnly
    def Application(self) -> objects.Application:
        return self._session.application

    @ReadOnly
    def Class(self) -> int:
        return self._class

    @ReadOnly
    def Parent(self) -> object:
        return self._parent

    @ReadOnly
    def Session(self) -> objects.NameSpace:
        return self._session.namespace
