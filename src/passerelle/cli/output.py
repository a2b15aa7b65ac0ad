"""How commands speak: tables and progress bars for people, JSON for scripts, complaints to stderr.

Rich is loaded when a table, a progress bar or a complaint is drawn, which a cycle in the background never does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TextIO, cast

import msgspec

from passerelle.model.text import Text
from passerelle.translations import said

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress


def say(text: str) -> None:
    """Print one line for a person; markup in it is shown as it stands."""
    announce(_fitted(said(text), sys.stdout))


def announce(line: str) -> None:
    """Print a line for a person or a program that waits for it, as it stands.

    It goes out at once and in one piece: a log that somebody follows is none that a buffer holds back, and other
    threads may be writing to the same file.
    """
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def tell(value: object, sentence: Text, *, json: bool) -> int:
    """End a command well: with what it changed, as JSON for a script, or in a sentence for a person."""
    if json:
        print_json(value)
    else:
        say(sentence)
    return 0


def complain(text: str) -> None:
    """Print an error for a person."""
    from rich.console import Console

    sentence = _fitted(f"passerelle: {said(text)}", sys.stderr)
    Console(stderr=True, emoji=False).print(sentence, markup=False, highlight=False, style="red", soft_wrap=True)


def _fitted(text: str, stream: TextIO) -> str:
    """Break a sentence between words where a terminal would break it anywhere; what is to be copied stays whole."""
    if not stream.isatty() or text.startswith(" "):
        return text
    import shutil
    import textwrap

    width = shutil.get_terminal_size().columns
    return textwrap.fill(text, width, break_long_words=False, break_on_hyphens=False)


_SPACES, _SIGNS = "\u00a0\u202f", "\ue0a0\ue0af"
"""Spaces at which no line is broken, and what stands for them while rich, which breaks at all, lays out lines."""


def unbroken(text: str) -> str:
    """The text with a sign for each space that rich must not break a line at; :func:`page` prints the space."""
    return text.translate(str.maketrans(_SPACES, _SIGNS))


def page(stream: TextIO | None = None) -> Console:
    """Where rich draws: standard output, or another stream."""
    from rich.console import Console

    return Console(file=cast("TextIO", _Page(stream or sys.stdout)), emoji=False)


class _Page:
    """A stream that gets its unbroken spaces back."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        return self._stream.write(text.translate(str.maketrans(_SIGNS, _SPACES)))

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)


def about(name: str, text: str) -> Text:
    """A sentence about one of several accounts or files."""
    return Text("{name}: {text}", name=name, text=Text.of(text))


def print_json(value: object) -> None:
    """Print one JSON document for a script: it is the same in every language."""
    sys.stdout.write(msgspec.json.format(msgspec.json.encode(value, enc_hook=str)).decode() + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table for a person. Headings are translated, and of title and cells what is a :class:`Text`."""
    from rich.table import Table

    table = Table(title=_cell(title), title_justify="left", header_style="bold")
    for column in columns:
        table.add_column(unbroken(said(column)), overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    page().print(table)


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
    """A title or a cell: markup characters of users' texts are escaped, nothing is a blank."""
    text = said(value) if isinstance(value, Text) else "" if value is None else str(value)
    return unbroken(text).replace("[", "\\[")
