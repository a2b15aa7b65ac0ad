"""What happened to an item, in a sentence for its user."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from passerelle.model.items import Appointment, Item, Task
from passerelle.model.text import Text
from passerelle.sync.history.entries import Done, Event, What

ALONE: Final = Text("It is an entry of your own now, without the others: only who had invited you can do so again.")
_OWN: Final = {
    Done.ADDED: Text("You added it."),
    Done.CHANGED: Text("You changed it: {fields}."),
    Done.MOVED: Text("You moved it here."),
    Done.DELETED: Text("You deleted it."),
}
_OWN_IN_OUTLOOK: Final = {
    Done.ADDED: Text("You added it in Outlook."),
    Done.CHANGED: Text("You changed it in Outlook: {fields}."),
    Done.MOVED: Text("You moved it here in Outlook."),
    Done.DELETED: Text("You deleted it in Outlook."),
}
_RECEIVED: Final = {
    Done.ADDED: Text("It came from the server."),
    Done.CHANGED: Text("It was changed on the server: {fields}."),
    Done.MOVED: Text("It was moved here on the server."),
    Done.DELETED: Text("It was deleted on the server."),
    Done.LEFT_OUT: Text("It ended long ago, and is on the server only."),
}


def told(one: Event) -> Text:
    """What happened, in a sentence."""
    if one.what is What.DECIDED:
        return one.message
    sentence = _sentences(one)[one.done]
    fields = ", ".join(field.replace("_", " ") for field in one.fields)
    return Text(sentence.template, fields=fields) if one.done is Done.CHANGED else sentence


def came_back_alone(events: Sequence[Event]) -> bool:
    """Whether an item, by its history, is there again without the people who took part in it before it was deleted."""
    was = next((one.before for one in reversed(events) if one.done is Done.DELETED), None)
    return events[-1].done is Done.ADDED and is_alone(was, events[-1].after)


def is_alone(was: Item | None, now: Item | None) -> bool:
    """Whether people took part in an item of whom there is none now."""
    return _has_people(was) and now is not None and not _has_people(now)


def _has_people(item: Item | None) -> bool:
    return isinstance(item, Appointment | Task) and bool(item.participants)


def _sentences(one: Event) -> Mapping[Done, Text]:
    if one.what is What.RECEIVED:
        return _RECEIVED
    return _OWN if one.peer is None else _OWN_IN_OUTLOOK
