"""Reads mail as it comes: who it is from, and the scheduling message in it (RFC 5322, RFC 2045, RFC 6047).

Anybody can send anything, so nothing that a mail says may hurt: its size, lines and parts are bounded before it is
parsed, and what no parser can make sense of is unreadable, never a crash. Mail that is forwarded is not looked into: it
is not from who forwards it. The parser is the standard library's with its older policy: the newer one takes minutes for
headers of some kilobytes that are made for it, so it is only asked, in short, who wrote.
"""

from __future__ import annotations

import email.errors
import email.parser
import email.policy
import re
from collections.abc import Iterator
from email.message import Message
from email.utils import getaddresses
from typing import Final

from msgspec import Struct

from passerelle.model.errors import Unreadable
from passerelle.model.text import Text

MAX_MESSAGE: Final = 16 * 2**20
"""Bytes of a mail that is read. Postfix takes 10 MB unless told otherwise."""
MAX_LINES: Final = 400_000
"""16 MB of base64 have 220,000 lines."""
MAX_BOUNDARIES: Final = 40
"""How often a mail may speak of boundaries: the parser looks for each open one in every line."""
MAX_DASHES: Final = 5000
"""Lines that may be boundaries: each makes a part, at a cost that grows with their number."""
MAX_MAILS: Final = 100
"""How often a mail may speak of mails within it."""
MAX_AUTHOR: Final = 500
"""Characters of From and of Sender."""
MAX_HEADER: Final = 100_000
"""Characters of any other header that are looked at."""
MAX_PARTS: Final = 200
MAX_CALENDAR: Final = 2 * 2**20
"""Bytes of a scheduling message."""

_SPEAKS_OF_CALENDARS = re.compile(rb"text/calendar|application/ics|\.ics", re.IGNORECASE)
_TYPES: Final = ("text/calendar", "application/ics")
_UTF8: Final = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})

# what the parser of the standard library is known to let slip through on mail that breaks the rules
_SLIPS = (
    email.errors.MessageError, ArithmeticError, AttributeError, AssertionError, LookupError, RecursionError, TypeError,
    ValueError,
)  # fmt: skip


class Mail(Struct, frozen=True, kw_only=True):
    """What matters of a mail. ``author`` is the address in From and ``sender`` that in Sender, case-folded.

    Either is empty where it is absent, or where there are several. ``addressees`` are those of To and Cc;
    ``results`` the topmost Authentication-Results; ``calendar`` the scheduling message in UTF-8, if there is one.
    """

    author: str
    sender: str
    addressees: tuple[str, ...]
    results: str
    calendar: bytes | None


def read_mail(data: bytes) -> Mail:
    """Read a mail.

    Raises:
        Unreadable: it is too large, or broken beyond reading.
    """
    _check_size(data)
    try:
        parser = email.parser.BytesParser(Message, policy=email.policy.compat32)
        message = parser.parsebytes(data, headersonly=_SPEAKS_OF_CALENDARS.search(data) is None)
        return Mail(
            author=_only_address(message, "From"),
            sender=_only_address(message, "Sender"),
            addressees=tuple(dict.fromkeys(_addresses(message, "To", "Cc"))),
            results=_first(message, "Authentication-Results"),
            calendar=_calendar(message),
        )
    except _SLIPS as error:
        raise Unreadable("The mail is broken beyond reading.") from error


def _check_size(data: bytes) -> None:
    if len(data) > MAX_MESSAGE:
        raise Unreadable(Text("The mail is larger than {most} MB.", most=MAX_MESSAGE // 2**20))
    lower = data.lower()
    counts = ((b"\n", MAX_LINES), (b"\n--", MAX_DASHES), (b"boundary", MAX_BOUNDARIES), (b"message/", MAX_MAILS))
    if any(lower.count(word) > most for word, most in counts):
        raise Unreadable("The mail has more lines or parts than can be read.")


def _addresses(message: Message, *names: str) -> Iterator[str]:
    lines = [line for name in names for line in _lines(message, name)]
    for _, address in getaddresses(lines):
        if "@" in address and address.isprintable():
            yield address.casefold()


def _only_address(message: Message, name: str) -> str:
    """The address of a header that has exactly one, by two parsers: who must be believed must be clear."""
    lines = _lines(message, name)
    if len(lines) != 1 or len(lines[0]) > MAX_AUTHOR or ("<" in lines[0] and not lines[0].endswith(">")):
        return ""
    parsed = email.policy.default.header_factory(name, lines[0])
    found = [each.addr_spec.casefold() for each in getattr(parsed, "addresses", ())]
    others = [address.casefold() for _, address in getaddresses(lines)]
    return found[0] if len(found) == 1 and found == others and "@" in found[0] and found[0].isprintable() else ""


def _first(message: Message, name: str) -> str:
    return next(iter(_lines(message, name)), "")


def _lines(message: Message, name: str) -> list[str]:
    """The headers of a name, unfolded; octets that are no characters are replaced."""
    return [" ".join(str(line)[:MAX_HEADER].split()) for line in message.get_all(name, ())]


def _calendar(message: Message) -> bytes | None:
    """The scheduling message: what calls itself one by its type, else an attachment."""
    found = [part for part in _parts(message) if _rank(part) is not None]
    for part in sorted(found, key=lambda part: _rank(part) or 0):
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and b"METHOD" in (content := _in_utf8(payload, _charset(part))).upper():
            if len(content) > MAX_CALENDAR:
                raise Unreadable(Text("The scheduling message is larger than {most} MB.", most=MAX_CALENDAR // 2**20))
            return content
    return None


def _parts(message: Message) -> Iterator[Message]:
    """The parts that hold something, in their order; of a mail within the mail none."""
    waiting = [message]
    for _ in range(MAX_PARTS):
        if not waiting:
            return
        part = waiting.pop()
        payload = part.get_payload()
        if part.get_content_maintype() == "multipart" and isinstance(payload, list):
            waiting += [inner for inner in reversed(payload) if isinstance(inner, Message)]
        elif part.get_content_maintype() != "message":
            yield part


def _rank(part: Message) -> int | None:
    """How likely a part is the scheduling message, the lower the likelier; None if it is none."""
    try:
        type_ = part.get_content_type()
        if type_ in _TYPES:
            return 0 if part.get_param("method") else _TYPES.index(type_) + 1
        return len(_TYPES) + 1 if (part.get_filename() or "").lower().endswith(".ics") else None
    except _SLIPS:
        return None


def _charset(part: Message) -> str:
    try:
        return (part.get_content_charset() or "").lower()
    except _SLIPS:
        return ""


def _in_utf8(payload: bytes, charset: str) -> bytes:
    """A text in UTF-8; in an unknown character set, or a wrong one, it stays as it is."""
    if payload.startswith((b"\xff\xfe", b"\xfe\xff")):
        return payload.decode("utf-16", "replace").encode()
    try:
        return payload if charset in _UTF8 else payload.decode(charset).encode()
    except (LookupError, ValueError):  # ValueError: all that goes wrong in a codec, and names that are none
        return payload
