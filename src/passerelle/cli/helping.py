"""``--help`` in the user's language: what the command line says of itself, translated when it is drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cyclopts import App
from cyclopts.help import DefaultFormatter, HelpEntry, HelpPanel, InlineText
from rich.text import Text as Drawn

from passerelle.cli.output import page, unbroken
from passerelle.model.text import Text
from passerelle.translations import said

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions

_HEADINGS = (Text("Commands"), Text("Arguments"), Text("Parameters"))
_OWN = (Text("Display this message and exit."), Text("Display application version."))
"""What cyclopts says by itself; here so that it is translated."""
_PLACEHOLDERS = (
    Text("STR"), Text("INT"), Text("PATH"), Text("DATE"), Text("CHOICE"), Text("COMMAND"), Text("OPTIONS"),
)  # fmt: skip
"""What stands for a value or for more of the line."""
_placeholder = re.compile(rf"\b(?:{'|'.join(_PLACEHOLDERS)})\b")


class Helper(DefaultFormatter):
    """Draws the pages of cyclopts with all sentences translated."""

    def render_usage(self, console: Console, options: ConsoleOptions, usage: object) -> None:  # noqa: ARG002 - page()
        """Draw the first line."""
        line = _placeholder.sub(lambda match: said(match[0]), str(usage))
        page().print(_drawn(Text("Usage: {line}", line=line)), markup=False, highlight=False, style="bold")

    def render_description(self, console: Console, options: ConsoleOptions, description: object) -> None:  # noqa: ARG002
        """Draw what the command is for, paragraph by paragraph."""
        if isinstance(description, InlineText):
            page().print(Drawn("\n\n".join(_drawn(one) for one in paragraphs(plain(description))) + "\n"))

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:  # noqa: ARG002 - page()
        """Draw a table of commands or parameters."""
        entries = [_translated(entry) for entry in panel.entries]
        super().__call__(page(), options, panel.copy(title=_drawn(str(panel.title)), entries=entries))


def _drawn(text: str) -> str:
    return unbroken(said(text))


def _translated(entry: HelpEntry) -> HelpEntry:
    metavar = entry.metavar and _placeholder.sub(lambda match: said(match[0]), entry.metavar)
    text = " ".join((_drawn(plain(entry.description)), *(_drawn(note) for note in _notes(entry)))).strip()
    return entry.copy(
        description=InlineText(Drawn(text)), metavar=metavar, choices=None, env_var=None, default=None, required=False
    )


def _notes(entry: HelpEntry) -> Iterator[Text]:
    """What cyclopts knows of a parameter beyond its description. That a switch is off at first needs no words."""
    if entry.choices:
        yield Text("[one of: {choices}]", choices=", ".join(entry.choices))
    if entry.env_var:
        yield Text("[variable: {names}]", names=", ".join(entry.env_var))
    if entry.default not in (None, "False", "", '""'):
        yield Text("[default: {value}]", value=str(entry.default))
    if entry.required:
        yield Text("[required]")


def plain(description: Any) -> str:  # noqa: ANN401 - whatever cyclopts takes for a description
    """The words of a description."""
    words = description.primary_renderable if isinstance(description, InlineText) else description
    return (words.plain if isinstance(words, Drawn) else str(words or "")).strip()


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a description, each a sentence or more; lines of examples stay as they are."""
    return [one if one.startswith(" ") else one.replace("\n", " ") for one in text.split("\n\n") if one.strip()]


def spoken(app: App, chain: tuple[str, ...] = ()) -> Iterator[str]:
    """Every sentence that ``--help`` says of a program and its commands, for the catalogue."""
    from cyclopts.help.help import format_doc

    described = format_doc(app, "plaintext")
    if isinstance(described, InlineText):
        yield from paragraphs(plain(described))
    with app.app_stack([app]):
        for _, panel in app._assemble_help_panels([], "plaintext"):  # noqa: SLF001 - there is no public way to all entries
            yield from (plain(entry.description) for entry in panel.entries)
    for name in app:
        if not name.startswith("-"):
            yield from spoken(app[name], (*chain, name))
