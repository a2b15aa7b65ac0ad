"""What this is: its version, its manual, and what it is made with under which licences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata, requires
from typing import Final

from msgspec import Struct
from starlette.responses import Response

from passerelle import __version__
from passerelle.daemon.installed import how_to_update, installed_version
from passerelle.desk.manual import BOOKS
from passerelle.desk.visit import Visit

_NAME: Final = re.compile(r"[A-Za-z0-9._-]+")
_LONGEST: Final = 40
"""A longer licence is its whole text."""


class Part(Struct, frozen=True):
    """Something that Passerelle is made with."""

    name: str
    version: str
    licence: str


_IN_PAGES: Final = (
    Part("@event-calendar/core", "", "MIT"),
    Part("htmx.org", "", "0BSD"),
)
"""What ``scripts/web`` builds into the pages' scripts; their notices stand beside the built files."""


def page(visit: Visit) -> Response:
    """The page; it asks nobody and needs no account."""
    values = {
        "version": __version__,
        "parts": parts(),
        "installed": installed_version(),
        "update": how_to_update(),
        "books": BOOKS,
    }
    return visit.page("about.html", {"module": "/about", **values})


@cache
def parts() -> tuple[Part, ...]:
    """What the pages and this installation are made with, by name."""
    return tuple(sorted((*_IN_PAGES, *_installed()), key=lambda one: one.name.casefold()))


def _installed() -> Iterator[Part]:
    for requirement in requires("passerelle") or ():
        found = _NAME.match(requirement)
        try:
            about = metadata(found[0] if found else requirement)
        except PackageNotFoundError:  # one for another system
            continue
        yield Part(about["Name"], about["Version"], _licence(about))


def _licence(about: PackageMetadata) -> str:
    """How a package names its licence: by an SPDX expression, a classifier, or a few words."""
    named = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or () if one.startswith("License ::")]
    said = [one for name in ("License-Expression", "License") for one in about.get_all(name) or ()]
    return next((one for one in (*said[:1], ", ".join(named)) if one and len(one) <= _LONGEST), "")
