"""What this Outlook does that surprises, each with a switch. The numbers are sections of the object model's reference.

The defaults are those of an Outlook that makes life hard; a test that is about something else may ease a habit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from passerelle.peers.outlook.constants import DefaultFolder


@dataclass(frozen=True, slots=True)
class Locale:
    """The language of Outlook and the regional settings of Windows (section 3)."""

    list_separator: str
    date_formats: tuple[str, ...]
    folders: Mapping[DefaultFolder, str]
    data_file: str
    birthday: str


GERMAN: Final = Locale(
    list_separator=";",
    date_formats=("%d.%m.%Y %H:%M", "%d.%m.%Y"),
    folders={
        DefaultFolder.DeletedItems: "Gelöschte Elemente",
        DefaultFolder.Outbox: "Postausgang",
        DefaultFolder.SentMail: "Gesendete Elemente",
        DefaultFolder.Inbox: "Posteingang",
        DefaultFolder.Calendar: "Kalender",
        DefaultFolder.Contacts: "Kontakte",
        DefaultFolder.Tasks: "Aufgaben",
    },
    data_file="Outlook-Datendatei",
    birthday="Geburtstag von {name}",
)
ENGLISH: Final = Locale(
    list_separator=",",
    date_formats=("%m/%d/%Y %I:%M %p", "%m/%d/%Y"),
    folders={
        DefaultFolder.DeletedItems: "Deleted Items",
        DefaultFolder.Outbox: "Outbox",
        DefaultFolder.SentMail: "Sent Items",
        DefaultFolder.Inbox: "Inbox",
        DefaultFolder.Calendar: "Calendar",
        DefaultFolder.Contacts: "Contacts",
        DefaultFolder.Tasks: "Tasks",
    },
    data_file="Outlook Data File",
    birthday="{name}'s Birthday",
)


@dataclass(slots=True)
class Habits:
    """How this Outlook behaves; tests change it as they like, also while Outlook runs."""

    locale: Locale = field(default_factory=lambda: GERMAN)
    id_changes_every: int = 7
    """Of this many saves of an item that has an id, one gives it another (2); 0: none does."""
    time_resolution: timedelta = timedelta(seconds=1)
    """What LastModificationTime is cut to (2)."""
    echo: bool = True
    """Who saves through the object model hears of it as an event, too (1)."""
    saves_before_sending: bool = True
    """A meeting that is sent from its window is saved before it is asked who minds; else afterwards (4)."""
    event_copies: int = 1
    """How often an event is told: it may come twice, or with 0 not at all (1)."""
    event_delay: timedelta = timedelta()
    """How long an event is on its way (1)."""
    paste_delay: timedelta = timedelta(milliseconds=200)
    """What passes between the events of two items that are pasted together (8)."""
    paste_events_limit: int | None = None
    """Above this many items at once there are no events at all, as Microsoft's page says; None: always."""
    doubled_exceptions: bool = True
    """An occurrence moved to another day stands among the exceptions twice, as deleted and as changed (4)."""
    yearly_interval_in_months: bool = True
    """The interval of a yearly pattern counts months (4); Microsoft's page says years."""
    open_items_limit: int | None = 250
    """How many items of a store may be open at a time (6); None: as many as one likes."""
    subject_limit: int = 255
    """What a subject and a location are cut to."""
    property_limit: int = 4088
    """How long a text or how many bytes a PropertyAccessor gives."""
    allows_bulk: bool = True
    """A PropertyAccessor gives and takes several properties by one call."""
    keeps_bulk: bool = True
    """What is set by one call is set; if not, nothing is said of it, as somebody met it with ids."""
    files_in_text: bool = True
    """A space in the text of an item stands for each file on it."""
    instant_search: bool = False
    """Filters may use the prefix operators of the index (3)."""
    organizer_is_recipient: bool = True
    """A meeting's organiser stands among its recipients."""
    birthday_entries: bool = True
    """A contact's birthday and anniversary make an entry in the calendar (5)."""
