"""``passerelle server inbound``: what a mail server runs, or hands mail to."""

from __future__ import annotations

import sys
from enum import IntEnum
from pathlib import Path

from passerelle.cli.logs import log_failure, log_to_stderr
from passerelle.cli.options import ServerData
from passerelle.cli.output import announce, complain
from passerelle.cli.server.opening import open_store
from passerelle.mail.inbound import Door, UnknownRecipient
from passerelle.mail.reading import MAX_MESSAGE
from passerelle.model.errors import Contradiction, PasserelleError, Refused, Unreadable
from passerelle.model.text import Text
from passerelle.server.lmtp.service import serve
from passerelle.translations import said


class Exit(IntEnum):
    """How a mail server wants to hear of it (``sysexits.h``)."""

    OK = 0
    DATAERR = 65
    NOUSER = 67
    TEMPFAIL = 75
    NOPERM = 77


def inbound(
    *,
    data: ServerData = None,
    recipient: str | None = None,
    trust: str | None = None,
    lmtp: str | None = None,
) -> int:
    """Take answers to invitations, and invitations, from a mail server: one mail on standard input, or by LMTP.

    Args:
        data: The server's directory.
        recipient: The address that the mail on standard input is for; without it, those in To and Cc.
        trust: Name of the mail server whose Authentication-Results must vouch for the author of each mail.
        lmtp: HOST:PORT or unix:PATH to take mail on until SIGTERM or Ctrl-C. Prints "listening on ADDRESS" when ready.
    """
    if lmtp is None:
        return _take_one(data, recipient, trust)
    if recipient is not None:
        raise Contradiction("--recipient is for a mail on standard input; LMTP tells the recipients of each mail.")
    log_to_stderr()
    with open_store(data) as store:
        serve(Door(store, trust), lmtp, on_ready=lambda address: announce(f"listening on {address}"))
    return Exit.OK


def _take_one(data: Path | None, recipient: str | None, trust: str | None) -> Exit:
    """Take the mail on standard input; say what became of it, so that the mail server can log it."""
    try:
        content = sys.stdin.buffer.read(MAX_MESSAGE + 1)
        with open_store(data) as store:
            report = Door(store, trust).take(content, recipient)
    except PasserelleError as error:
        complain(error.text)
        return _exit_of(error)
    except Exception as error:  # noqa: BLE001 - a fault of ours must not cost a mail: it waits until we are mended
        log_failure()
        complain(Text("The mail could not be taken ({kind}). Try again later.", kind=type(error).__name__))
        return Exit.TEMPFAIL
    print(said(report.text), file=sys.stderr)
    return Exit.OK


def _exit_of(error: PasserelleError) -> Exit:
    """The code that says whether to try again: what is wrong here, not with the mail, may be mended meanwhile."""
    if isinstance(error, UnknownRecipient):
        return Exit.NOUSER
    if isinstance(error, Unreadable):
        return Exit.DATAERR
    if isinstance(error, Refused):
        return Exit.NOPERM
    return Exit.TEMPFAIL
