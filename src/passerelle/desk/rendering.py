"""Templates, in the languages of :mod:`passerelle.translations`; whatever is put into one is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from passerelle.desk.assets import file_name
from passerelle.model.moments import zone_info
from passerelle.model.text import Text, plural
from passerelle.translations import Catalogue

DIRECTORY: Final = Path(__file__).parent / "templates"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(DIRECTORY),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = file_name
    return environment


def render(template: str, words: Catalogue, values: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """A template as an answer. In it, ``say`` says a sentence in the language of ``words``.

    ``told`` does so with what may be one, and leaves what users wrote as it is.
    """

    def say(sentence: str, many: str = "", /, **values: str | float) -> str:
        if many:
            return words.say(plural(sentence, many, **values))  # type: ignore[arg-type]  # the template gives a count
        return words.say(Text(sentence, **values) if values else sentence)

    def told(text: str) -> str:
        return words.say(text) if isinstance(text, Text) else text

    page = _environment().get_template(template)
    return HTMLResponse(page.render(values, say=say, told=told, language=words.language), status)


def day_in_words(day: date, words: Catalogue) -> str:
    """A day as people write it."""
    pattern = {"en": "%d %b %Y", "fr": "%d/%m/%Y", "de": "%d.%m.%Y"}[words.language]
    return day.strftime(pattern)


def moment_in_words(moment: datetime, zone: str, words: Catalogue) -> str:
    """A moment on the wall clock of a zone, as people write it."""
    at = moment.astimezone(zone_info(zone))
    return f"{day_in_words(at.date(), words)}, {time_in_words(at)}"


def time_in_words(moment: datetime) -> str:
    """A time of day as people write it."""
    return moment.strftime("%H:%M")
