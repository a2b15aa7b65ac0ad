"""What LMTP answers: codes of RFC 5321, section 4.2, and of RFC 3463 for what became of a mail."""

from __future__ import annotations

import re
from typing import Final

from msgspec import Struct
from sqlalchemy.exc import SQLAlchemyError

from passerelle.groupware.incoming import Report
from passerelle.mail.inbound import UnknownRecipient
from passerelle.model.errors import Misconfigured, Refused, Unreachable, Unreadable

_LONGEST: Final = 400
"""Characters of a text: a reply line may have 512 octets (RFC 5321, section 4.5.3.1.5)."""
_UNPRINTABLE: Final = re.compile(r"[^\x20-\x7e]+")


class Reply(Struct, frozen=True):
    """A reply: its three digits, and a text that may begin with an enhanced code."""

    code: int
    text: str

    def line(self) -> bytes:
        """The reply as it is sent: one line of ASCII, whatever stands in the text."""
        plain = _UNPRINTABLE.sub(_in_ascii, self.text)
        return f"{self.code} {plain[:_LONGEST]}\r\n".encode("ascii")


def _in_ascii(found: re.Match[str]) -> str:
    quotes = str.maketrans("“”’–\n\r\t", '""\'-   ')
    return found[0].translate(quotes).encode("ascii", "replace").decode()


def of_report(report: Report) -> Reply:
    """The reply for a mail that was taken, or that changes nothing."""
    return Reply(250, f"2.0.0 {report.text}")


def of_failure(error: Exception) -> Reply:
    """The reply for what went wrong: lasting (5xx) where the mail is to blame, passing (4xx) where we are."""
    if isinstance(error, UnknownRecipient):
        return Reply(550, f"5.1.1 {error}")
    if isinstance(error, Unreadable):
        return Reply(554, f"5.6.0 {error}")
    if isinstance(error, Refused):
        return Reply(550, f"5.7.1 {error}")
    if isinstance(error, Unreachable | Misconfigured):
        return Reply(451, f"4.3.0 {error}")
    return Reply(451, "4.3.0 The mail could not be taken now. Try again later.")


PASSING: Final = (SQLAlchemyError, OSError)
"""What a database or a disk may do at any time; the mail is to be tried again."""
