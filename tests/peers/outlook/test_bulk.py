"""Several properties by one call, and what becomes of those that do not come or go that way."""

from __future__ import annotations

import pytest

from passerelle.peers.outlook import bulk, objects
from passerelle.peers.outlook.constants import ComCode, DefaultFolder
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.mapping.zones import zone_of_definition
from passerelle.peers.outlook.reference import NAMESPACE, PROPERTY_SETS, mapi
from tests.outlook_double.failures import com_error
from tests.outlook_double.machine import Machine
from tests.outlook_double.zones import definition_of

UID, SUBJECT = mapi()["PidLidGlobalObjectId"].schema, mapi()["PidTagSubject"].schema
ONE, TWO = (f"{NAMESPACE}/string/{PROPERTY_SETS['strings']}/{name}" for name in ("one", "two"))


@pytest.fixture
def machine() -> Machine:
    machine = Machine()
    machine.start()
    return machine


@pytest.fixture
def accessor(machine: Machine) -> objects.PropertyAccessor:
    item = machine.session.namespace.GetDefaultFolder(DefaultFolder.Calendar).Items.Add()
    item.Subject = "x"
    return item.PropertyAccessor


@pytest.mark.parametrize("allows", [True, False])
def test_what_is_not_set_is_told_from_what_is_not_told(
    machine: Machine, accessor: objects.PropertyAccessor, allows: bool
) -> None:
    machine.habits.allows_bulk = allows
    bulk.write(accessor, {ONE: "y" * 5000, UID: b"1234"})
    found = bulk.read(accessor, [SUBJECT, ONE, TWO, UID])
    assert found == {SUBJECT: "x", TWO: None, UID: b"1234"}


def test_bytes_alone_are_set_one_by_one(machine: Machine, accessor: objects.PropertyAccessor) -> None:
    bulk.write(accessor, {UID: b"1", mapi()["PidLidCleanGlobalObjectId"].schema: b"2"})
    assert (machine.calls["PropertyAccessor.SetProperties"], machine.calls["PropertyAccessor.SetProperty"]) == (0, 2)


def test_what_is_refused_is_told_and_the_others_are_set(accessor: objects.PropertyAccessor) -> None:
    with pytest.raises(ComError) as caught:
        bulk.write(accessor, {ONE: "one", mapi()["PidTagMessageSize"].schema: 1, TWO: "two"})
    assert code_of(caught.value) == ComCode.ACCESS_DENIED
    assert bulk.read(accessor, [ONE, TWO]) == {ONE: "one", TWO: "two"}


@pytest.mark.parametrize("code", [ComCode.CALL_REJECTED, ComCode.SERVER_GONE])
def test_an_outlook_that_is_busy_or_gone_is_not_asked_in_another_way(
    machine: Machine, accessor: objects.PropertyAccessor, code: ComCode
) -> None:
    machine.fail("PropertyAccessor.GetProperties", com_error(code, "No."))
    machine.fail("PropertyAccessor.SetProperties", com_error(code, "No."))
    with pytest.raises(ComError):
        bulk.read(accessor, [ONE, TWO])
    with pytest.raises(ComError):
        bulk.write(accessor, {ONE: "1", TWO: "2"})
    assert machine.calls["PropertyAccessor.GetProperty"] == machine.calls["PropertyAccessor.SetProperty"] == 0


def test_the_name_of_a_zone_is_found_in_its_definition() -> None:
    data = definition_of("W. Europe Standard Time")
    assert zone_of_definition(data) == "W. Europe Standard Time"
    assert zone_of_definition(data + bytes(66)) == "W. Europe Standard Time"  # a rule


@pytest.mark.parametrize("data", [b"", b"\2\1", b"\3" + definition_of("UTC")[1:], definition_of("UTC")[:10]])
def test_a_definition_that_is_cut_or_of_another_version_names_no_zone(data: bytes) -> None:
    assert zone_of_definition(data) is None
