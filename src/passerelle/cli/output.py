"""How commands speak: tables and progress bars for people, JSON for scripts, complaints to stderr.

Rich is loaded when a table, a progress bar or a complaint is drawn, which a cycle in the background never does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from rich.progress import Progress


def say(text: str) -> None:
    """Print one line for a person; markup in it is shown as it stands."""
    print(text)


def complain(text: str) -> None:
    """Print an error for a person."""
    from rich.console import Console

    Console(stderr=True).print(f"passerelle: {text}", markup=False, highlight=False, style="red", soft_wrap=True)


def print_json(value: object) -> None:
    """Print one JSON document for a script."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value, enc_hook=str)).decode() + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table for a person."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=title, title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    Console().print(table)


def progress() -> Progress:
    """A progress display; it writes to standard error, and only where that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )


def _cell(value: object) -> str:
    """A table cell: markup characters of users' texts are escaped, nothing is a blank."""
    return "" if value is None else str(value).replace("[", "\\[")
