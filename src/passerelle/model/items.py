"""What people keep: appointments, contacts, distribution lists and tasks, as frozen values.

An item is content only. Where it lives, who made it and when stands in :class:`passerelle.model.records.ItemRecord`.
``None`` (or an empty tuple) means "not set". Each attribute has a row in :mod:`passerelle.model.fields`.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import IntEnum

from msgspec import Struct

from passerelle.model.moments import Moment, Span
from passerelle.model.participants import Organizer, Participant
from passerelle.model.recurrence import Recurrence


class ShownAs(IntEnum):
    """How an appointment's time counts for others (OX ``shown_as``)."""

    RESERVED = 1
    TEMPORARY = 2
    ABSENT = 3
    FREE = 4


class TaskStatus(IntEnum):
    """How far a task is (OX ``status``)."""

    NOT_STARTED = 1
    IN_PROGRESS = 2
    DONE = 3
    WAITING = 4
    DEFERRED = 5


class Priority(IntEnum):
    """How much a task matters (OX ``priority``)."""

    LOW = 1
    NORMAL = 2
    HIGH = 3


class ForeignProperty(Struct, frozen=True, omit_defaults=True):
    """Something a format said that the model has no word for, kept to be written back to that format.

    ``format`` is ``icalendar`` or ``vcard``; ``text`` the unfolded content line, or a whole sub-component.
    """

    format: str
    name: str
    text: str


class _Common(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all items share."""

    uid: str | None = None
    note: str | None = None
    note_html: str | None = None
    categories: tuple[str, ...] = ()
    private: bool = False
    color_label: int = 0
    foreign: tuple[ForeignProperty, ...] = ()


class Appointment(_Common, frozen=True, kw_only=True, omit_defaults=True, tag="appointment"):
    """A single appointment, a series master (``recurrence`` set), or a change exception (``recurrence_id`` set).

    ``recurrence_id`` is the key of the occurrence that a change exception replaces (RFC 5545 ``RECURRENCE-ID``).
    ``alarm`` is in minutes before the start and belongs to the reading user alone.
    """

    when: Span
    title: str | None = None
    location: str | None = None
    shown_as: ShownAs = ShownAs.RESERVED
    alarm: int | None = None
    participants: tuple[Participant, ...] = ()
    organizer: Organizer | None = None
    recurrence: Recurrence | None = None
    recurrence_id: datetime | None = None
    contacts: tuple[str, ...] = ()
    url: str | None = None
    sequence: int = 0
    cancelled: bool = False


class Task(_Common, frozen=True, kw_only=True, omit_defaults=True, tag="task"):
    """Something to do. Durations are in minutes; ``alarm`` is an instant and belongs to the reading user alone."""

    title: str | None = None
    start: Moment | None = None
    due: Moment | None = None
    status: TaskStatus = TaskStatus.NOT_STARTED
    percent: int = 0
    priority: Priority | None = None
    completed: datetime | None = None
    alarm: datetime | None = None
    target_duration: int | None = None
    actual_duration: int | None = None
    target_costs: Decimal | None = None
    actual_costs: Decimal | None = None
    currency: str | None = None
    billing_information: str | None = None
    companies: str | None = None
    trip_meter: str | None = None
    participants: tuple[Participant, ...] = ()
    organizer: Organizer | None = None
    recurrence: Recurrence | None = None
    contacts: tuple[str, ...] = ()
    url: str | None = None
    location: str | None = None
    sequence: int = 0


class Photo(Struct, frozen=True):
    """A contact's picture. ``media_type`` is an IANA type such as ``image/jpeg``."""

    media_type: str
    data: bytes


class Contact(_Common, frozen=True, kw_only=True, omit_defaults=True, tag="contact"):
    """A person or an organisation: the fields of Outlook and OX (manual, appendix B; OX reference, section 13)."""

    prefix: str | None = None
    first_name: str | None = None
    middle_name: str | None = None
    last_name: str | None = None
    suffix: str | None = None
    display_name: str | None = None
    nickname: str | None = None
    file_as: str | None = None

    home_street: str | None = None
    home_postal_code: str | None = None
    home_city: str | None = None
    home_state: str | None = None
    home_country: str | None = None
    business_street: str | None = None
    business_postal_code: str | None = None
    business_city: str | None = None
    business_state: str | None = None
    business_country: str | None = None
    other_street: str | None = None
    other_postal_code: str | None = None
    other_city: str | None = None
    other_state: str | None = None
    other_country: str | None = None
    default_address: int = 0

    birthday: date | None = None
    anniversary: date | None = None
    marital_status: str | None = None
    number_of_children: str | None = None
    spouse: str | None = None
    profession: str | None = None

    company: str | None = None
    department: str | None = None
    job_title: str | None = None
    employee_type: str | None = None
    office: str | None = None
    manager: str | None = None
    assistant: str | None = None
    number_of_employees: str | None = None
    sales_volume: str | None = None
    tax_id: str | None = None
    commercial_register: str | None = None
    branches: str | None = None
    business_category: str | None = None
    more_info: str | None = None

    phone_business: str | None = None
    phone_business2: str | None = None
    phone_home: str | None = None
    phone_home2: str | None = None
    phone_other: str | None = None
    phone_car: str | None = None
    phone_company: str | None = None
    phone_assistant: str | None = None
    phone_callback: str | None = None
    phone_primary: str | None = None
    phone_radio: str | None = None
    mobile: str | None = None
    mobile2: str | None = None
    pager: str | None = None
    isdn: str | None = None
    telex: str | None = None
    tty_tdd: str | None = None
    ip_phone: str | None = None
    fax_business: str | None = None
    fax_home: str | None = None
    fax_other: str | None = None

    email1: str | None = None
    email2: str | None = None
    email3: str | None = None
    url: str | None = None
    instant_messenger: str | None = None
    instant_messenger2: str | None = None

    user_fields: tuple[str | None, ...] = ()
    """Up to twenty free fields, in order (OX ``userfield01`` to ``userfield20``); trailing unset ones are cut."""

    photo: Photo | None = None


class Member(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of a distribution list (OX reference, section 13.1).

    ``email_field`` 1 to 3 names the address of the contact ``contact`` in ``folder``; 0 is an independent address.
    ``mail`` and ``name`` are always kept, so that the entry stays readable when the contact is gone.
    """

    mail: str
    name: str = ""
    contact: int | None = None
    folder: int | None = None
    email_field: int = 0


class DistributionList(Contact, frozen=True, kw_only=True, omit_defaults=True, tag="list"):
    """A contact that stands for several addresses."""

    members: tuple[Member, ...] = ()


Item = Appointment | Contact | DistributionList | Task
