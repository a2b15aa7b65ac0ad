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
    """A template as an answer. In it, ``say`` says a sentence in the language of ``words``."""

    def say(sentence: str, many: str = "", /, **values: str | float) -> str:
        if many:
            return words.say(plural(sentence, many, **values))  # type: ignore[arg-type]  # the template gives a count
        return words.say(Text(sentence, **values) if values else sentence)

    page = _environment().get_template(template)
    return HTMLResponse(page.render(values, say=say, language=words.language), status)


def day_in_words(day: date, words: Catalogue) -> str:
    """A day as people write it."""
    pattern = {"en": "%d %b %Y", "fr": "%d/%m/%Y", "de": "%d.%m.%Y"}[words.language]
    return day.strftime(pattern)


def time_in_words(moment: datetime) -> str:
    """A time of day as people write it."""
    return moment.strftime("%H:%M")
