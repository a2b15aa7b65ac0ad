"""What an item keeps for this format, ready to be written again."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from passerelle.model.errors import Unreadable
from passerelle.model.items import Appointment, ForeignProperty
from passerelle.wire.contentlines import ContentLine, parse
from passerelle.wire.icalendar import recurring, times
from passerelle.wire.icalendar.alarms import components
from passerelle.wire.icalendar.components import Component
from passerelle.wire.icalendar.definitions import read_definition
from passerelle.wire.icalendar.drafts import FORMAT, TIMES
from passerelle.wire.icalendar.zones import Zones


class OwnZone(Struct, frozen=True):
    """The time of an item as its file said it, with a zone that only the file knew."""

    tzid: str
    definition: tuple[str, ...]
    lines: tuple[str, ...]


class Foreign:
    """The kept lines by property, and the kept components by name. What is not well-formed is left out."""

    def __init__(self, kept: Iterable[ForeignProperty]) -> None:
        self.lines: dict[str, list[ContentLine]] = {}
        self.parts: dict[str, list[str]] = {}
        for number, each in enumerate(kept):
            if each.format == FORMAT:
                self._take(number, each)

    def _take(self, number: int, kept: ForeignProperty) -> None:
        if kept.text[:6].upper() == "BEGIN:":
            for component in components(kept.text):
                self.parts.setdefault(component.name, []).append(component.text())
            return
        try:
            line = parse(kept.text.replace("\r", "").replace("\n", "\\n"), number)
        except Unreadable:
            return
        if line.name not in {"BEGIN", "END"}:
            self.lines.setdefault(line.name, []).append(line)

    def own_zone(self, item: Appointment) -> OwnZone | None:
        """Return the kept time of an item if it still is the item's time."""
        texts = self.parts.get("VTIMEZONE")
        if not texts:
            return None
        kept = {name: self.lines[name] for name in TIMES if name in self.lines}
        event = Component("VEVENT", 0, lines=kept)
        try:
            definition = read_definition(components(texts[0])[0])
            zones, life = Zones("UTC", [definition]), times.life_of(event)
            span = times.read_span(event, zones, life)
            series = recurring.read_series(event, span, zones, life)
        except Unreadable:
            return None
        if (span, series.recurrence) != (item.when, item.recurrence):
            return None
        lines = tuple(line.text for found in kept.values() for line in found)
        return OwnZone(definition.tzid, tuple(definition.text.split("\n")), lines)
