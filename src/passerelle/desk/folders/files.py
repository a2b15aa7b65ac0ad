"""Folders as files: a folder is fetched as iCalendar or vCard, and files are taken into folders."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from passerelle.desk.visit import Visit
from passerelle.groupware.transfer import export_folder, import_file
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId

_LONGEST_NAME: Final = 200


def fetch(visit: Visit) -> Response:
    """A folder as a file to be kept."""
    id_ = FolderId(visit.number("id"))
    folder = visit.session.folder(id_).folder
    is_book = folder.module is Module.CONTACTS
    name = quote(f"{folder.name}.{'vcf' if is_book else 'ics'}", safe="")
    return StreamingResponse(
        export_folder(visit.session, id_),
        media_type="text/vcard" if is_book else "text/calendar",
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{name}"},
    )


def take(visit: Visit, content: bytes) -> Response:
    """Import a file into a folder, or into the user's own where that holds something else; tell what became of it.

    Raises:
        Forbidden: nothing may be put into the folder.
    """
    folder = FolderId(visit.number("folder")) if visit.fields.get("folder") else None
    name = visit.fields.get("name", "")[:_LONGEST_NAME]
    report = import_file(visit.session, folder, name, content)
    return visit.page("folders/taken.html", {"report": report})
