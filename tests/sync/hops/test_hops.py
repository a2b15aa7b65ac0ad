"""Every field goes from the server to Outlook, is changed there, and comes back to the server."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from passerelle.model.fields import FIELDS
from tests.sync.hops.journeys import JOURNEYS
from tests.sync.hops.page import page
from tests.sync.hops.rows import Row, field_of
from tests.sync.hops.trip import Trip
from tests.sync.real_server import RealServer
from tests.sync.test_files_with_server import plain_device

ROOT = Path(__file__).resolve().parents[3]


def test_every_row_of_the_manual_is_on_its_way() -> None:
    rows = {(one.kind, one.manual_row, one.outlook_label) for one in FIELDS if one.manual_row and one.outlook_label}
    found = [
        (journey.table, row.number, field_of(journey.table, row).outlook_label)
        for journey in JOURNEYS
        for row in journey.rows
    ]
    assert set(found) == rows


def test_the_page_of_the_documentation_is_current() -> None:
    committed = (ROOT / "docs" / "reference" / "outlook-hops.md").read_text(encoding="utf-8")
    assert committed == page(), "run .venv/bin/python scripts/outlook-hops"


@pytest.mark.parametrize("is_plain", [False, True], ids=["extension", "plain"])
def test_every_field_comes_back_from_outlook(server: RealServer, tmp_path: Path, is_plain: bool) -> None:
    device = plain_device(server, tmp_path) if is_plain else server.device("anton")
    trip = Trip(server, device, tmp_path / "files")
    travellers = [trip.begin(journey) for journey in JOURNEYS]
    trip.synchronise()

    def as_it_was(_row: Row) -> Mapping[str, object]:
        return {}

    def expected(row: Row) -> Mapping[str, object]:
        return {**row.back, **(row.plain if is_plain else {})}

    _nothing_in(trip.arrived(one, as_it_was) for one in travellers)
    _nothing_in(trip.edit(one) for one in travellers)
    trip.synchronise()
    _nothing_in(trip.arrived(one, expected) for one in travellers)
    trip.synchronise()
    assert trip.synchronise() == 0


def _nothing_in(wrong: Iterable[list[str]]) -> None:
    found = [line for lines in wrong for line in lines]
    assert not found, "\n".join(found)
