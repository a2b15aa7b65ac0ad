"""Options and words that the commands share which change a replica."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from passerelle.cli.output import print_json, say
from passerelle.groupware.describing import as_mapping
from passerelle.model.records import ItemRecord
from passerelle.model.text import Text

Set = Annotated[
    list[str] | None,
    Parameter(
        name="--set",
        negative="",
        help="NAME=VALUE for any other field, e.g. note=… ; may be repeated; an empty value clears.",
    ),
]
IgnoreConflicts = Annotated[
    bool, Parameter(negative="", help="Also where somebody invited is busy; a room is never booked twice.")
]
FolderName = Annotated[str | None, Parameter(help="Name or id of the folder; default: your own default folder.")]


def report(what: Text, record: ItemRecord, *, json: bool) -> None:
    """Tell what became of an item."""
    if json:
        print_json(as_mapping(record))
    else:
        say(what)
