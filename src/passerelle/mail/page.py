"""One mail as a text and as a page, from the same facts. Nothing in it is fetched from elsewhere."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from msgspec import Struct

from passerelle.mail.facts import Fact
from passerelle.model.text import Text
from passerelle.translations import Catalogue, catalogue

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=select_autoescape(("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Page(Struct, frozen=True, kw_only=True):
    """What one mail says. ``message`` is in somebody's own words; ``footer`` says why one gets it."""

    subject: Text
    sentence: Text
    footer: Text
    facts: tuple[Fact, ...] = ()
    message: str = ""


class Said(Struct, frozen=True):
    """A page in one language."""

    subject: str
    text: str
    html: str


def say(page: Page, locale: str) -> Said:
    """The page in the language of a locale."""
    words = catalogue(locale)
    values = {
        "language": words.language,
        "subject": words.say(page.subject),
        "sentence": words.say(page.sentence),
        "footer": words.say(page.footer),
        "formerly": words.say(Text("before")),
        "message": page.message,
        "facts": [
            {
                "label": words.say(fact.label),
                "now": [_said(words, line) for line in fact.now],
                "before": [_said(words, line) for line in fact.before],
            }
            for fact in page.facts
        ],
    }
    text, html = (_TEMPLATES.get_template(f"letter.{kind}").render(values) for kind in ("txt", "html"))
    return Said(words.say(page.subject), text, html)


def _said(words: Catalogue, line: str) -> str:
    return words.say(line) if isinstance(line, Text) else line
