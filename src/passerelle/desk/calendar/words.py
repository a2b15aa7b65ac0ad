"""What the calendar in the browser says, and how moments are written in sentences."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from passerelle.desk.rendering import day_in_words, time_in_words
from passerelle.model.moments import zone_info
from passerelle.model.text import Text
from passerelle.translations import Catalogue

WEEKDAYS: Final = (
    Text("Monday"), Text("Tuesday"), Text("Wednesday"), Text("Thursday"), Text("Friday"),
    Text("Saturday"), Text("Sunday"),
)  # fmt: skip
MONTHS: Final = (
    Text("January"), Text("February"), Text("March"), Text("April"), Text("May"), Text("June"), Text("July"),
    Text("August"), Text("September"), Text("October"), Text("November"), Text("December"),
)  # fmt: skip


def calendar_words(words: Catalogue) -> dict[str, object]:
    """The texts that the calendar's script needs."""
    buttons = {
        "today": Text("Today"),
        "prev": Text("Earlier"),
        "next": Text("Later"),
        "timeGridDay": Text("Day"),
        "workWeek": Text("Work week"),
        "timeGridWeek": Text("Week"),
        "dayGridMonth": Text("Month"),
        "year": Text("Year"),
        "listWeek": Text("List"),
        "listYear": Text("List"),
        "close": Text("Close"),
    }
    scopes = {
        "one": Text("This occurrence"),
        "following": Text("This and all that follow"),
        "all": Text("The whole series"),
    }
    return {
        "untitled": words.say(Text("Untitled")),
        "allDay": words.say(Text("All day")),
        "nothing": words.say(Text("Nothing takes place.")),
        "which": words.say(Text("This is one of a series. What is to move?")),
        "scopes": {name: words.say(text) for name, text in scopes.items()},
        "print": words.say(Text("Print")),
        "cancel": words.say(Text("Cancel")),
        "anyway": words.say(Text("Move anyway")),
        "buttons": {name: words.say(text) for name, text in buttons.items()},
    }


def clock(moment: datetime, zone: str, words: Catalogue, *, only_time: bool = False) -> str:
    """A moment on the wall clock of a zone, as people write it."""
    local = moment.astimezone(zone_info(zone))
    return time_in_words(local) if only_time else f"{day_in_words(local.date(), words)}, {time_in_words(local)}"
