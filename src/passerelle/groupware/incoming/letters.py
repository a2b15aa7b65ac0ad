"""What comes in, what is reported of it, and who may speak for whom."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from passerelle.model.text import Text
from passerelle.store import Revision
from passerelle.wire.icalendar.scheduling import Part, Party


class Letter(Struct, frozen=True, kw_only=True):
    """A scheduling message as it came: ``calendar`` is its iCalendar object.

    ``authors`` are the mail addresses, case-folded, that it comes from; that it does has been checked as far as can be.
    """

    authors: frozenset[str]
    calendar: bytes


class Report(Struct, frozen=True):
    """What became of a message, in one sentence; ``is_news`` where something is now different."""

    text: Text
    is_news: bool = False


def speaks_for(authors: frozenset[str], party: Party) -> bool:
    """Whether a message of these authors may speak for a calendar user: it is that one, or acts for that one.

    Anybody can write SENT-BY, so it counts only within a domain: a colleague or an assistant.
    """
    mail, sent_by = party.mail.casefold(), party.sent_by.casefold()
    return mail in authors or (sent_by in authors and _domain(sent_by) == _domain(mail))


def _domain(mail: str) -> str:
    return mail.rpartition("@")[2]


def revision_of(part: Part) -> Revision:
    """How new a component is; one without DTSTAMP counts as written now."""
    return Revision(part.sequence, part.stamped or datetime.now(UTC))
