"""What Outlook's refusals mean for the engine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from passerelle.model.errors import Forbidden, NotFound, PasserelleError, Refused, Stale, Unreachable
from passerelle.model.text import Text
from passerelle.peers.outlook.constants import ComCode
from passerelle.peers.outlook.errors import ComError, code_of

_GONE = frozenset({ComCode.SERVER_GONE, ComCode.CALL_FAILED, ComCode.DISCONNECTED, ComCode.NOT_RUNNING})
_BUSY = frozenset({ComCode.CALL_REJECTED, ComCode.RETRY_LATER})


class NotRunning(Unreachable):
    """There is no Outlook at the moment, which is nothing to worry about."""


class OtherProfile(Unreachable):
    """Outlook runs with another profile than the one that shows an account, which waits."""

    def __init__(self, running: str, wanted: str) -> None:
        super().__init__(
            Text(
                "Outlook runs with the profile “{running}”. This account is in its profile “{wanted}”, and waits.",
                running=running,
                wanted=wanted,
            )
        )


@contextmanager
def answering() -> Iterator[None]:
    """Have what Outlook raises come out as an error of ours.

    Raises:
        NotRunning: Outlook has ended.
        Unreachable: it shows a dialog and takes no calls.
        NotFound, Forbidden, Stale: as Outlook says it.
        Refused: anything else, in Outlook's words.
    """
    try:
        yield
    except ComError as error:
        raise meaning_of(error) from error


@contextmanager
def insisting() -> Iterator[None]:
    """The same where nothing can be done without an answer.

    Raises:
        Unreachable: Outlook does not give it, for whatever reason.
    """
    try:
        with answering():
            yield
    except Refused as error:
        raise Unreachable(error.text) from error


def meaning_of(error: ComError) -> PasserelleError:
    """The error of ours that an answer of Outlook's comes to."""
    code = code_of(error)
    if code in _GONE:
        return NotRunning("Outlook is not running. What changed is taken over when it is started again.")
    if code == ComCode.NOT_INSTALLED:
        return NotRunning("There is no classic Outlook on this machine.")
    if code in _BUSY:
        return Unreachable("Outlook is busy, perhaps with a dialog that is open. It will be tried again.")
    if code == ComCode.NOT_FOUND:
        return NotFound("Outlook has no such item or folder.")
    if code == ComCode.ACCESS_DENIED:
        return Forbidden("Outlook does not let this be changed.")
    if code == ComCode.OBJECT_CHANGED:
        return Stale("It was changed in Outlook meanwhile.")
    return Refused(Text("Outlook says: {words}", words=_words(error)), f"0x{code & 0xFFFFFFFF:08X}")


def is_absent(error: ComError) -> bool:
    """Whether Outlook has ended or is busy: then it is no use to ask in another way."""
    return code_of(error) in _GONE | _BUSY


def _words(error: ComError) -> str:
    """What went wrong in Outlook's own words, or as a number where it has none."""
    described = error.excepinfo[2] if error.excepinfo is not None else None
    return described or error.strerror or f"0x{code_of(error) & 0xFFFFFFFF:08X}"
