"""What came out of asking Outlook something."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError, code_of


class Verdict(StrEnum):
    """How Outlook's answer stands to the double's."""

    ALIKE = "as our double does"
    OTHERWISE = "otherwise"
    FAILED = "failed"
    UNASKED = "not asked"


class Finding(Struct, frozen=True, kw_only=True):
    """One answer: what was done to Outlook, what it said, and what the double says."""

    question: str
    did: str
    came: str
    expected: str
    verdict: Verdict


Findings = Iterator[Finding]


def found(question: str, did: str, came: object, expected: object) -> Finding:
    """Compare an answer with the double's; both are told in the same words."""
    there, here = told(came), told(expected)
    verdict = Verdict.ALIKE if there == here else Verdict.OTHERWISE
    return Finding(question=question, did=did, came=there, expected=here, verdict=verdict)


def told(value: object) -> str:
    """A value in words that are the same wherever it comes from."""
    match value:
        case bool() | None:
            return str(value)
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S}"
        case memoryview() | bytes():
            return f"{len(bytes(value))} bytes"
        case list() | tuple():
            return f"({', '.join(map(told, value))})"
        case int():
            return str(int(value))  # an enumeration's number, as COM has it
        case _:
            return str(value)


def refusal(call: Callable[[], object]) -> str:
    """How a call fails."""
    try:
        call()
    except ComError as error:
        return refused(code_of(error))
    except (AttributeError, TypeError) as error:
        return f"refused by {type(error).__name__}"
    return "taken"


def refused(code: int) -> str:
    """What :func:`refusal` says of an HRESULT."""
    name = ComCode(code).name if code in set(ComCode) else "HRESULT"
    return f"refused with {name} 0x{code & 0xFFFFFFFF:08X}"
