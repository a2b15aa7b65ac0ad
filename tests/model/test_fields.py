"""The field table is complete, agrees with the model and with the tables of the reference."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from passerelle.model.fields import CONTACT_ORDER, FIELDS, Field, FieldType, Kind, by_element, of
from passerelle.model.fields.page import page
from passerelle.model.items import Appointment, DistributionList, Task

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT.parent / "shared" / "reference" / "fields.csv"
STRUCTURES = {Kind.APPOINTMENT: Appointment, Kind.CONTACT: DistributionList, Kind.TASK: Task}
NOT_A_FIELD = {"foreign"}


@pytest.mark.parametrize("kind", Kind)
def test_every_attribute_of_the_model_has_a_row_and_every_row_an_attribute(kind: Kind) -> None:
    attributes = set(STRUCTURES[kind].__struct_fields__) - NOT_A_FIELD
    assert {field.name for field in of(kind)} - {""} == attributes


@pytest.mark.parametrize("kind", Kind)
def test_an_element_stands_in_one_row_only(kind: Kind) -> None:
    elements = [field.ox_element for field in of(kind) if field.ox_element]
    assert len(elements) == len(set(elements)) == len(by_element(kind))


def test_a_direct_field_is_the_only_row_of_its_attribute() -> None:
    rows: dict[tuple[Kind, str], list[Field]] = defaultdict(list)
    for field in FIELDS:
        rows[field.kind, field.name].append(field)
    assert all(len(rows[field.kind, field.name]) == 1 for field in FIELDS if field.direct)


@pytest.mark.parametrize(
    ("element", "name"),
    [
        ("title", "prefix"),
        ("second_name", "middle_name"),
        ("street", "home_street"),
        ("second_city", "other_city"),
        ("position", "job_title"),
        ("room_number", "office"),
        ("martital_status", "marital_status"),
        ("primary", "phone_primary"),
        ("userfield20", "user_fields"),
    ],
)
def test_contacts_have_our_names_beside_those_of_ox(element: str, name: str) -> None:
    assert by_element(Kind.CONTACT)[element].name == name


def test_elements_of_contacts_are_ordered_as_ox_writes_them() -> None:
    elements = [field.ox_element for field in CONTACT_ORDER]
    assert set(elements) == set(by_element(Kind.CONTACT))
    assert elements.index("last_name") < elements.index("street") < elements.index("userfield01")
    assert elements.index("image_content_type") + 1 == elements.index("image1")


def test_a_title_of_an_appointment_has_at_most_255_characters() -> None:
    assert by_element(Kind.APPOINTMENT)["title"].max_length == 255


def test_a_reminder_is_never_mapped_directly_since_its_flag_decides() -> None:
    for kind in (Kind.APPOINTMENT, Kind.TASK):
        assert by_element(kind)["alarm"].type is FieldType.REMINDER
        assert not by_element(kind)["alarm"].direct


def test_the_page_of_the_documentation_is_current() -> None:
    committed = (ROOT / "docs" / "reference" / "fields.md").read_text(encoding="utf-8")
    assert committed == page(), "run .venv/bin/python scripts/field-table"


def _reference_rows() -> list[dict[str, str]]:
    if not REFERENCE.exists():
        pytest.skip(f"{REFERENCE} is not here")
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _ours(row: dict[str, str]) -> list[Field]:
    return [
        field
        for field in of(Kind(row["module"]))
        if field.manual_row == row["manual_row"]
        and (row["manual_row"] != "1.2" or field.outlook_label == row["outlook_field"])
    ]


def _words(cells: list[str]) -> set[str]:
    return {word for cell in cells for word in cell.replace(" + ", " ").split() if word not in {"-", "+"}}


def test_every_row_of_the_reference_is_in_the_table_with_the_same_names() -> None:
    rows = _reference_rows()
    assert len(rows) == 97
    for row in rows:
        fields = _ours(row)
        assert fields, row
        labels = {(field.outlook_tab or "-", field.outlook_label) for field in fields if field.outlook_label}
        assert labels == {(row["outlook_tab"], row["outlook_field"])}
        places = {(field.ox_tab or "-", field.ox_label or "-") for field in fields if field.outlook_label}
        assert places == {(row["ox_tab"], row["ox_field"])}
        names = _words([row["mapi_property"], row["mapi_id"]])
        assert _words([f"{field.mapi_property} {field.mapi_id}" for field in fields]) == names
        assert all(field.text_property for field in fields if field.mapi_property)


def test_every_element_of_the_reference_is_in_the_table() -> None:
    for row in _reference_rows():
        if row["ox_xml"].startswith("recurrence_*"):
            continue  # stands for several elements; the next test names them
        assert _words([row["ox_xml"]]) <= {field.ox_element for field in _ours(row)}, row


@pytest.mark.parametrize("kind", [Kind.APPOINTMENT, Kind.TASK])
def test_the_elements_of_series_are_in_the_table(kind: Kind) -> None:
    expected = {"recurrence_type", "interval", "days", "day_in_month", "month", "until", "occurrences"}
    assert expected <= set(by_element(kind))
