"""Several MAPI properties of one of Outlook's objects by one call, or one by one where it does not take that.

``GetProperties`` and ``SetProperties`` tell of each property's failure by a number in its place. pywin32 makes a plain
number of it, which is told from a value by its range: no number that Outlook keeps is an HRESULT of a failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from passerelle.peers.outlook.answers import is_absent
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.objects import PropertyAccessor

_FAILURE, _NO_FAILURE = -0x80000000, -0x7FF00000
"""HRESULTs from 0x80000000 to 0x800FFFFF, as signed numbers: those of COM, of Windows and of MAPI."""


def read(accessor: PropertyAccessor, schemas: Sequence[str]) -> dict[str, object]:
    """What properties hold, by their names: None where nothing is set.

    What Outlook does not tell in this way, as a text that is too long, is not among them.
    """
    values: object = None
    try:
        values = accessor.GetProperties(list(schemas))
    except ComError as error:
        if is_absent(error):
            raise
    if not isinstance(values, list | tuple) or len(values) != len(schemas):
        return _read_singly(accessor, schemas)
    told = {schema: value for schema, value in zip(schemas, values, strict=True) if not _is_failure(value)}
    unset = {schema: None for schema, value in zip(schemas, values, strict=True) if _is_unset(value)}
    return {**told, **unset}


def _read_singly(accessor: PropertyAccessor, schemas: Iterable[str]) -> dict[str, object]:
    found: dict[str, object] = {}
    for schema in schemas:
        try:
            found[schema] = accessor.GetProperty(schema)
        except ComError as error:
            if is_absent(error):
                raise
            if code_of(error) == ComCode.NOT_FOUND:
                found[schema] = None
    return found


def write(accessor: PropertyAccessor, values: Mapping[str, object]) -> None:
    """Set properties. Bytes go as they are.

    Raises:
        ComError: what Outlook says of the first that it does not take; others may be set.
    """
    for schema in _write_at_once(accessor, values):
        accessor.SetProperty(schema, values[schema])


def _write_at_once(accessor: PropertyAccessor, values: Mapping[str, object]) -> list[str]:
    """Set what can be set by one call. What is left: all, where that is none."""
    left = list(values)
    if len(left) < 2 or all(isinstance(value, bytes) for value in values.values()):  # noqa: PLR2004 - several
        return left  # of nothing but bytes, pywin32 would make an array of two dimensions
    answer: object
    try:
        answer = accessor.SetProperties(left, list(values.values()))
    except ComError as error:
        if is_absent(error):
            raise
        return left
    if answer is None or answer == ():
        return []
    if isinstance(answer, list | tuple) and len(answer) == len(left):
        return [schema for schema, result in zip(left, answer, strict=True) if _is_failure(result)]
    return left


def _is_failure(value: object) -> bool:
    return isinstance(value, int) and _FAILURE <= _signed(value) < _NO_FAILURE


def _is_unset(value: object) -> bool:
    return isinstance(value, int) and _signed(value) == ComCode.NOT_FOUND


def _signed(code: int) -> int:
    return code - 0x100000000 if code > 0x7FFFFFFF else code  # noqa: PLR2004 - as C reads it
