"""What a row of the field table says (design, section 4)."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """Which items a field belongs to; contacts and distribution lists share one table, as in OX."""

    APPOINTMENT = "appointment"
    CONTACT = "contact"
    TASK = "task"


class FieldType(StrEnum):
    """What a field's value is, in the model and on the OX wire (OX reference, section 3.1)."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes or no"
    DATE = "date"
    INSTANT = "instant"
    DATES = "dates"
    DECIMAL = "decimal"
    CHOICE = "choice"
    WORDS = "words"
    SPAN = "time span"
    MOMENT = "day or instant"
    REMINDER = "reminder"
    SERIES = "series"
    PEOPLE = "people"
    PICTURE = "picture"
    FILES = "files"


DIRECT = frozenset({FieldType.TEXT, FieldType.NUMBER, FieldType.YES_NO, FieldType.DATE, FieldType.INSTANT})
"""Types that go to OX one to one: text, number, true/false, milliseconds (a date's: UTC midnight)."""


LINE = 2_000
"""The longest text of a field that says nothing else, in characters: more than any address bar or form gives."""

NOTE = 1_000_000
"""The longest note, plain or formatted, in characters."""


class Field(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row: where one piece of an item stands in the model, in Outlook, in OX and in iCalendar or vCard.

    ``name`` is the attribute of the model's structure that holds the value; empty where the value is not part
    of the item (attachments: see its record) or follows from other rows (``alarm_flag``). Several rows may
    name one attribute: ``when`` has three. An empty ``ox_element`` means that OX cannot carry the field.

    ``manual_row`` is the row or section of the manual (appendix B), ``manual`` what it said on synchronising.
    ``direct`` tells the codecs that the value is mapped one to one, by :attr:`type` alone.
    ``accepted`` and ``answered`` say whether an OX server reads and writes the element. ``max_length`` counts
    characters.
    """

    kind: Kind
    name: str
    type: FieldType
    manual_row: str = ""
    outlook_tab: str = ""
    outlook_label: str = ""
    ox_tab: str = ""
    ox_label: str = ""
    ox_element: str = ""
    mapi_property: str = ""
    mapi_id: str = ""
    text_property: str = ""
    manual: str = ""
    direct: bool = False
    accepted: bool = True
    answered: bool = True
    max_length: int | None = None


class Table:
    """Makes the rows of one kind from short notations."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind

    def row(  # noqa: PLR0913 - a row has these columns
        self,
        name: str,
        element: str,
        text_property: str = "",
        *,
        row: str = "",
        outlook: str = "",
        ox: str = "",
        mapi: str = "",
        manual: str = "",
        type: FieldType = FieldType.TEXT,  # noqa: A002 - the column's name
        direct: bool = True,
        accepted: bool = True,
        answered: bool = True,
        max_length: int | None = None,
    ) -> Field:
        """Make a row. ``outlook`` and ``ox`` are written ``Tab: Label``, ``mapi`` is ``Property 0xID``."""
        outlook_tab, _, outlook_label = outlook.partition(": ")
        ox_tab, _, ox_label = ox.partition(": ")
        mapi_property, mapi_id = _mapi(mapi)
        return Field(
            kind=self._kind,
            name=name,
            type=type,
            manual_row=row,
            outlook_tab=outlook_tab,
            outlook_label=outlook_label,
            ox_tab=ox_tab,
            ox_label=ox_label,
            ox_element=element,
            mapi_property=mapi_property,
            mapi_id=mapi_id,
            text_property=text_property,
            manual=manual or ("yes" if row else ""),
            direct=direct and bool(name and element) and type in DIRECT,
            accepted=accepted,
            answered=answered,
            max_length=LINE if max_length is None and type is FieldType.TEXT else max_length,
        )


def _mapi(text: str) -> tuple[str, str]:
    """Split ``A + B 0x1 0x2`` into its names and its ids; a string-named property is ``PidName… Name``."""
    names = text.split(" + ")
    last, *ids = names[-1].split(" ") if text else [""]
    return " + ".join([*names[:-1], last]), " ".join(ids)
