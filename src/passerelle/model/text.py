"""Sentences for people that can be said in more than one language.

Code says them in English, where they belong; :mod:`passerelle.translations` knows the other languages, and only what
stands at the edge – the command line, a page, a mail – asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Self

import msgspec

Value = str | int | float
"""What a sentence may hold. A :class:`Text` in another one is translated with it; any other ``str`` stays as it is."""


class Text(str):
    """A sentence in English, which it is as a ``str``, and what is needed to say it in another language.

    ``template`` and ``values`` are for :meth:`str.format_map`; without values the template is the sentence.

    >>> text = Text("There is no folder {id}.", id=7)
    >>> text, text.template, text.values
    ('There is no folder 7.', 'There is no folder {id}.', {'id': 7})
    """

    __slots__ = ("many", "template", "values")

    template: str
    many: str
    """The template for other numbers than one, of ``values["count"]``; empty where number plays no part."""
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Self:
        """Of a template and the values that it names."""
        return cls._make(template, "", values)

    def having(self, values: Mapping[str, Value]) -> Text:
        """The same sentence with other values."""
        return self if values == self.values else Text._make(self.template, self.many, values)

    @classmethod
    def of(cls, text: str) -> Text:
        """The text itself, or one without values of a plain ``str``."""
        return text if isinstance(text, Text) else Text(text)

    @classmethod
    def _make(cls, template: str, many: str, values: Mapping[str, Value]) -> Self:
        chosen = many if many and values["count"] != 1 else template
        self = super().__new__(cls, chosen.format_map(values) if values else chosen)
        self.template, self.many, self.values = template, many, values
        return self


def plural(one: str, many: str, /, *, count: int, **values: Value) -> Text:
    """A sentence that depends on a number; each template may name ``count``.

    >>> plural("{count} item", "{count} items", count=2)
    '2 items'
    """
    return Text._make(one, many, {"count": count, **values})


def sentences(*texts: str) -> Text:
    """Several sentences in a row; empty ones are left out.

    >>> sentences("It is gone.", "", Text("Sync first."))
    'It is gone. Sync first.'
    """
    return _joined(" ", "sentence", texts)


def listed(*texts: str) -> Text:
    """Several parts of a sentence, with commas between them; empty ones are left out.

    >>> listed(plural("{count} item", "{count} items", count=2), "", "a folder")
    '2 items, a folder'
    """
    return _joined(", ", "part", texts)


def _joined(separator: str, name: str, texts: Iterable[str]) -> Text:
    values = {f"{name}{number}": Text.of(text) for number, text in enumerate(texts) if text}
    return Text(separator.join(f"{{{name}}}" for name in values), **values)


class _Stored(msgspec.Struct, frozen=True, omit_defaults=True):
    template: str
    many: str = ""
    values: dict[str, str | int | float | _Stored] = {}


def to_stored(text: str) -> str:
    """What to keep of a text so that it can be said in another language later."""
    return msgspec.json.encode(_stored(Text.of(text))).decode()


def from_stored(kept: str) -> Text:
    """The text of which :func:`to_stored` was kept; anything else is a text without values.

    >>> from_stored(to_stored(plural("{count} item", "{count} items", count=2)))
    '2 items'
    """
    try:
        return _restored(msgspec.json.decode(kept, type=_Stored))
    except msgspec.DecodeError:
        return Text(kept)


def _stored(text: Text) -> _Stored:
    values = {name: _stored(value) if isinstance(value, Text) else value for name, value in text.values.items()}
    return _Stored(text.template, text.many, values)


def _restored(kept: _Stored) -> Text:
    values = {name: _restored(value) if isinstance(value, _Stored) else value for name, value in kept.values.items()}
    return Text._make(kept.template, kept.many, values)
