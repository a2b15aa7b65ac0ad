"""What every page asks of a request, whoever sends it."""

from __future__ import annotations

from starlette.requests import Request

from passerelle.desk.instead import page_catalogue
from passerelle.translations import LANGUAGES, Catalogue, language_of


def root_of(request: Request) -> str:
    """Where the pages are mounted, without a slash at its end."""
    return str(request.scope.get("root_path", "")).rstrip("/")


def words_of(request: Request) -> Catalogue:
    """The language of somebody whom we do not know yet: the first that the browser asks for and we speak."""
    asked = request.headers.get("accept-language", "").split(",")
    codes = (one.partition(";")[0].strip() for one in asked)
    return page_catalogue(next((language_of(code) for code in codes if code[:2].lower() in LANGUAGES), "en"))


def is_part(request: Request) -> bool:
    """Whether a script asks for a part of a page, rather than a browser for a whole one."""
    return request.headers.get("sec-fetch-dest", "document") != "document"
