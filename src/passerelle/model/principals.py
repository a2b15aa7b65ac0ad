"""Users, groups and resources of an organisation (semantics reference, section 10)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from passerelle.model.ids import GroupId, ItemId, ResourceId, Stamp, UserId
from passerelle.model.participants import Answer


class PrincipalKind(StrEnum):
    """Who can hold a right in a folder."""

    USER = "user"
    GROUP = "group"


class FreeBusyDetail(StrEnum):
    """How much of a user's time everybody may see, without login (OX reference, section 16)."""

    NOTHING = "nothing"
    BUSY = "busy"
    """Merged times without kinds; what counts as free is left out."""
    KINDS = "kinds"
    """Each appointment's time and how it is shown; never what it is about."""


class Notices(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which mails a user wants (semantics reference, section 5.9). Reminders pop up in clients anyway."""

    changes: bool = True
    """Of appointments and tasks that others make, change or delete and that the user takes part in."""
    answers_to_own: bool = True
    """Of answers to what the user organises."""
    answers_to_others: bool = False
    """Of other participants' answers to what the user takes part in."""
    appointment_reminders: bool = False
    task_reminders: bool = False
    """Also of the day that a task is due, and once when it is overdue."""


class Capability(StrEnum):
    """What a user may do at all, whatever rights folders give (semantics reference, section 1.7)."""

    CALENDAR = "calendar"
    CONTACTS = "contacts"
    TASKS = "tasks"
    PUBLIC = "public"
    """Change things in public folders; without it they can be read only."""
    SHARED = "shared"
    """See the folders that others share."""


class User(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A person with an account. ``zone`` is an IANA name; ``contact`` the person's entry in the global address book.

    Who is ``disabled`` cannot log in; all else stays as it is. An ``administrator`` looks after users, groups and
    resources in the pages; it gives no rights in folders. ``attachment_quota`` is in bytes and stands in the
    place of the limit that holds for all. ``withheld`` is what the administrator takes away (semantics reference,
    1.7).

    ``answer_private`` and ``answer_public`` are what the person answers by default to an invitation from a private or
    a public calendar (semantics reference, section 5.2).
    """

    id: UserId
    login: str
    display_name: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    zone: str = "UTC"
    locale: str = "en"
    contact: ItemId | None = None
    free_busy: FreeBusyDetail = FreeBusyDetail.KINDS
    notices: Notices = Notices()
    disabled: bool = False
    administrator: bool = False
    attachment_quota: int | None = None
    withheld: frozenset[Capability] = frozenset()
    answer_private: Answer = Answer.NONE
    answer_public: Answer = Answer.NONE
    stamp: Stamp = Stamp(0)
    deleted: bool = False


class Group(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A named set of users. Group 0 holds everybody and is never stored with members.

    ``contact`` is its distribution list in the global address book.
    """

    id: GroupId
    name: str
    display_name: str
    members: tuple[UserId, ...] = ()
    contact: ItemId | None = None
    stamp: Stamp = Stamp(0)
    deleted: bool = False


class Resource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A room or a thing that can be booked, by one appointment at a time."""

    id: ResourceId
    name: str
    display_name: str
    email: str = ""
    description: str = ""
    stamp: Stamp = Stamp(0)
    deleted: bool = False
