"""Our refusals as the interface's codes, and back (OX reference, section 6).

We send the numeric codes that all clients understand, with the internal OX code later in the text (section
6.1).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from passerelle.model.errors import (
    Collision,
    Contradiction,
    Forbidden,
    Invalid,
    Missing,
    NotFound,
    Overlap,
    Refused,
    Stale,
)

_CODES: tuple[tuple[type[Refused], int, int], ...] = (
    (NotFound, 404, 1001),
    (Forbidden, 403, 1002),
    (Stale, 409, 1000),
    (Missing, 409, 1004),
    (Invalid, 409, 1100),
    (Contradiction, 409, 1003),
    (Overlap, 409, 1006),
)
_OTHER = (409, 1003)

NO_FOLDER = "FLD-0008"
"""The folder does not exist, or the asker may not know that it does. Servers send it as 1002, being about no object."""

BAD_REQUEST = 1400
SERVER_ERROR = 1500

_bracket = re.compile(r"\[([^\]]*)\]\s*(.*)", re.DOTALL)
_internal = re.compile(r"(?:APP|CAL|CON|TSK|FLD)-\d{4}")
_trailing = re.compile(r"(?<!\s)\s*+\(((?:APP|CAL|CON|TSK|FLD)-\d{4})\)\s*$")


def code(refused: Refused) -> tuple[int, int, str]:
    """Inner status, code and ``responsedescription`` of a refusal: ``[1100] The title is … (APP-0072)``."""
    status, number = next(((status, number) for kind, status, number in _CODES if isinstance(refused, kind)), _OTHER)
    internal = f" ({refused.code})" if refused.code else ""
    return status, number, f"[{number}] {refused}{internal}"


def bracket(description: str) -> str:
    """What stands between a description's first brackets: a number, or a newer server's internal code."""
    match = _bracket.search(description)
    return match[1].strip() if match else ""


def refusal(status: int | None, description: str, collisions: Sequence[Collision] = ()) -> Refused | None:
    """The refusal that an answer's status and description stand for.

    None where it is a failure of the server.

    The numeric code decides where there is one. Newer servers put an internal code into the brackets; then
    the inner status decides.
    """
    if collisions:
        return Overlap(_message(description), collisions)
    said = bracket(description)
    kind = _by_number(said) if said.isdecimal() else _by_status(status, said)
    if kind is None:
        return None
    internal = said if _internal.fullmatch(said) else _internal_code(description)
    message = _message(description)
    if internal == NO_FOLDER:
        return NotFound(message, internal)
    if kind is Overlap:
        return Overlap(message, ())
    if kind is Missing or kind is Invalid:
        return Missing(message, "", internal) if kind is Missing else Invalid(message, "", internal)
    return kind(message, internal)


def _by_number(number: str) -> type[Refused] | None:
    return next((kind for kind, _, ours in _CODES if str(ours) == number), None)


def _by_status(status: int | None, internal: str) -> type[Refused] | None:
    """The kind of a refusal with an internal code (section 6.2), or with none."""
    if internal in _OF_MISSING:
        return Missing
    if status == 404:  # noqa: PLR2004 - the status itself
        return NotFound
    if status == 403:  # noqa: PLR2004 - the status itself
        return Forbidden
    if status == 409 or _internal.fullmatch(internal):  # noqa: PLR2004 - the status itself
        return Contradiction
    return None


_OF_MISSING = frozenset(
    {"APP-0026", "APP-0027", "APP-0028", "APP-0087", "APP-0089", "APP-0090", "APP-0091", "APP-0092"}
)


def _internal_code(description: str) -> str:
    match = _trailing.search(description)
    return match[1] if match else ""


def _message(description: str) -> str:
    match = _bracket.search(description)
    text = match[2] if match else description
    return _trailing.sub("", text).strip() or description.strip() or "The server refused without a reason."
