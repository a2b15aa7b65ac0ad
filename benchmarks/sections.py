"""The manual's page of benchmarks consists of sections, each of which is measured and written by itself."""

from __future__ import annotations

_HEADING = "\n## "


def with_section(page: str, section: str) -> str:
    """The page with a section, which begins with its heading, in the place of an older one of that heading."""
    heading = section.partition("\n")[0]
    beginning, *sections = page.rstrip("\n").split(_HEADING)
    kept = [one for one in sections if one.partition("\n")[0] != heading.removeprefix("## ")]
    return _HEADING.join([beginning.rstrip("\n") + "\n", *(one.rstrip("\n") + "\n" for one in kept)]) + "\n" + section


def with_sections_of(page: str, beginning: str) -> str:
    """A new beginning, before any section, with the sections of the page as it was."""
    _, heading, sections = page.partition(_HEADING)
    return beginning + heading + sections
