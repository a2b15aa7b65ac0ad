"""``passerelle server import`` and ``export``."""

from __future__ import annotations

import sys
from pathlib import Path

from passerelle.cli.naming import find_folder, find_user
from passerelle.cli.options import Json, ServerData, SmallPictures
from passerelle.cli.output import about, print_json, print_table, progress, say
from passerelle.cli.server.opening import open_store
from passerelle.groupware.audit import note_command
from passerelle.groupware.session import Session
from passerelle.groupware.transfer import ImportReport, export_folder, import_file
from passerelle.model.errors import Unreadable
from passerelle.model.text import Text
from passerelle.translations import said

SOME_REFUSED = 3


def import_files(
    *files: Path, user: str, folder: str | None = None, data: ServerData = None, json: Json = False
) -> int:
    """Import calendars (.ics) and address books (.vcf) for a user.

    Importing a file again changes nothing. A broken entry is reported with file, line and reason; the rest goes on.

    Args:
        files: One or more files.
        user: Login of the user whose folders receive the entries.
        folder: Name or id of a folder; without it the user's default folder of each kind.
        data: The server's directory.
        json: Print the report as JSON.
    """
    with open_store(data) as store:
        session = Session(store, find_user(store, user).id)
        target = find_folder(session, folder).id if folder else None
        with progress() as bar:
            task = bar.add_task(said("Importing"), total=len(files))
            reports: list[ImportReport] = []
            for path in files:
                reports.append(import_file(session, target, path.name, _content(path)))
                bar.advance(task)
        note_command(store, f"import for user {session.user_id}")
    if json:
        print_json(reports)
    else:
        _print_reports(reports)
    return SOME_REFUSED if any(report.refused for report in reports) else 0


def export(folder: str, /, *, user: str, data: ServerData = None, small_pictures: SmallPictures = False) -> int:
    """Write a folder to standard output, as iCalendar or vCard.

    Args:
        folder: Name or id.
        user: Login of a user who may read it.
        data: The server's directory.
        small_pictures: Pictures of contacts with 200 pixels, for telephones; without it as they are kept.
    """
    with open_store(data) as store:
        session = Session(store, find_user(store, user).id)
        note_command(store, f"export of a folder of user {session.user_id}")
        for piece in export_folder(session, find_folder(session, folder).id, small_pictures=small_pictures):
            sys.stdout.buffer.write(piece)
    return 0


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(
            Text("“{path}” cannot be read: {reason}.", path=str(path), reason=str(error.strerror))
        ) from error


def _print_reports(reports: list[ImportReport]) -> None:
    rows = [(r.name, r.imported, r.unchanged, len(r.refused), len(r.notes)) for r in reports]
    print_table(Text("Import"), ("File", "Imported", "Already there", "Refused", "Notes"), rows)
    for report in reports:
        for problem in report.refused:
            say(
                Text(
                    "{file}, line {line}: refused: {reason}",
                    file=report.name,
                    line=problem.line,
                    reason=Text.of(problem.reason),
                )
            )
        for note in report.notes:
            say(about(report.name, note))
