"""What tests of several devices and the real server have in common."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from passerelle.model.folders import Module
from passerelle.model.items import Item
from passerelle.model.moments import Timed
from passerelle.model.participants import Answer, Participant, ParticipantKind
from tests.sync.real_server import Device, RealServer

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
WHEN = Timed(start=START, end=START + timedelta(hours=1), zone="Europe/Berlin")


def settle(*devices: Device) -> None:
    """Run cycles until nothing happens any more."""
    for _ in range(6):
        if not sum(device.cycle().total for device in devices):
            return
    raise AssertionError("The devices and the server never come to rest.")


def items(device: Device, module: Module = Module.CALENDAR) -> list[Item]:
    return [record.item for record in device.records(device.folder(module))]


def user(server: RealServer, login: str, answer: Answer = Answer.NONE) -> Participant:
    return Participant(kind=ParticipantKind.USER, id=server.users[login].id, answer=answer)
