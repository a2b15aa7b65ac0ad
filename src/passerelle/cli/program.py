"""Puts the commands together, runs one, and turns errors into messages and exit codes.

Exit codes: 0 done; 1 the program itself failed; 2 the command line is wrong; 3 to 12 as in
:mod:`passerelle.model.errors`; 13 in step, but something waits for a decision; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cyclopts import App, CycloptsError

from passerelle import __version__
from passerelle.cli.output import complain
from passerelle.model.errors import Overlap, PasserelleError
from passerelle.model.text import Text

if TYPE_CHECKING:
    from cyclopts.help import HelpPanel
    from rich.console import Console, ConsoleOptions

    from passerelle.cli.helping import Helper

FAILED = 1
USAGE = 2
INTERRUPTED = 130

COMMANDS = (
    ("server", "server:app", "Keep an organisation's data and answer its clients."),
    ("account", "account:app", "Your accounts on groupware servers."),
    ("sync", "syncing:sync", "Bring your accounts in step with their servers."),
    ("status", "status:status", "What is in step, what waits, and what was refused."),
    ("service", "service:app", "Keep your accounts in step by themselves, from each login on."),
    ("outlook", "outlook:app", "Show an account in classic Outlook, on Windows."),
    ("tray", "tray:tray", "An icon in your panel that shows how your accounts fare."),
    ("confirm", "confirm:confirm", "Decide on many deletions at once, or on a server that was replaced."),
    ("skipped", "skipped:app", "Decide on changes that were refused."),
    ("conflicts", "conflicts:app", "Decide what stays where you and the server changed the same."),
    ("folders", "browse:folders", "The folders of an account."),
    ("list", "browse:list_items", "The items of a folder."),
    ("show", "browse:show", "One item with all its fields."),
    ("add", "add:app", "Add an appointment, a contact or a task."),
    ("edit", "edit:edit", "Change or move an item, or one occurrence."),
    ("delete", "edit:delete", "Delete an item, or one occurrence."),
    ("history", "history:history", "What happened to items, and what was decided about them."),
    ("undo", "history:undo", "Take back a decision, or your last change."),
    ("restore", "history:restore", "Bring back a version of an item, or a deleted one."),
    ("desk", "desk:desk", "Calendar, contacts and tasks in your browser."),
    ("export", "browse:export", "Write a folder as iCalendar or vCard."),
    ("demo", "demo.command:demo", "A whole organisation on this machine."),
)
"""Name, place of the code, and one line of help of each command."""

HELP = """Calendars, contacts and tasks of a groupware server, in step with your own machine.

Two roles in one program. The server keeps an organisation's data:

  passerelle server init --data office
  passerelle server user add anna --name "Anna Weber" \\
      --email anna@example.org --data office
  passerelle server run --data office --port 8080

The connector keeps a person's account in step with a server, online and offline:

  passerelle account add http://127.0.0.1:8080 --login anna
  passerelle sync
  passerelle list Calendar

Try everything at once with: passerelle demo
"""


def build() -> App:
    """The program with all its commands; the code of a command is loaded when it is used."""
    app = App(
        name="passerelle",
        help=HELP,
        version=__version__,
        help_format="plaintext",
        result_action="return_value",
        help_formatter=_Helper(),
    )
    for number, (name, place, help_text) in enumerate(COMMANDS):
        app.command(f"passerelle.cli.{place}", name=name, help=help_text, sort_key=number)
    return app


class _Helper:
    """Draws ``--help``; loaded when somebody asks for it."""

    def __call__(self, console: Console, options: ConsoleOptions, panel: HelpPanel) -> None:
        self._loaded(console, options, panel)

    def __getattr__(self, name: str) -> object:
        return getattr(self._loaded, name)

    @property
    def _loaded(self) -> Helper:
        from passerelle.cli.helping import Helper

        return Helper()


def run(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    try:
        code = build()(arguments, exit_on_error=False, print_error=False)
    except CycloptsError as error:
        from passerelle.cli.usage import mistake

        complain(mistake(error))
        return USAGE
    except PasserelleError as error:
        complain(error.text)
        if isinstance(error, Overlap):
            for one in error.collisions:
                complain(
                    Text(
                        "  {start} UTC: {title} ({names}; {advice})",
                        start=f"{one.start:%Y-%m-%d %H:%M}",
                        title=one.title or Text("busy"),
                        names=", ".join(one.who),
                        advice=Text("cannot be booked twice" if one.hard else "goes on with --ignore-conflicts"),
                    )
                )
        return error.exit_code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output has gone, as in `passerelle list … | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the one place that catches all, so that a person gets a sentence
        from passerelle.cli.logs import log_failure

        log_failure()
        complain(
            Text(
                "The program failed ({kind}: {error}). PASSERELLE_LOG=debug shows where.",
                kind=type(error).__name__,
                error=str(error),
            )
        )
        return FAILED
    return code if isinstance(code, int) else 0
