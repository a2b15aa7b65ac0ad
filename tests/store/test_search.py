"""Both databases find a word in what items hold, however it is accented."""

from __future__ import annotations

import pytest

from passerelle.model.folding import alike
from passerelle.model.ids import FolderId
from passerelle.model.items import Task
from passerelle.store import Store
from tests.store.conftest import ANNA

TITLES = ("Ärger", "ARGER", "Straße", "Łódź und Čech", "сад", "plain")


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (("arger",), ["Ärger"]),
        (("strasse",), ["Straße"]),
        (("lodz", "CECH"), ["Łódź und Čech"]),
        (("САД",), ["сад"]),
        (("plain",), []),
        (("arg", "strasse"), []),
    ],
)
def test_letters_with_other_accents_are_the_same(
    store: Store, calendar: FolderId, words: tuple[str, ...], found: list[str]
) -> None:
    with store.writing(ANNA) as tx:
        for title in TITLES:
            tx.items.add(calendar, Task(title=title))
    with store.reading() as tx:
        records = tx.search.accented([calendar], [alike(word) for word in words], ANNA, 10)
        assert [one.item.title for one in records if isinstance(one.item, Task)] == found
        assert len(tx.search.holding([calendar], ["arger"], ANNA, 10)) == 1
