"""Whether people are told of a change by mail (OX reference, section 10.1; semantics, section 5.9)."""

from __future__ import annotations

import msgspec
import pytest

from tests.support.commands import Server, passerelle
from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value

START = ox.ms("2033-05-11 09:00")


def told(server: Server, title: str) -> set[str]:
    """To whom mail about something waits."""
    queue = msgspec.json.decode(passerelle("server", "mail", "queue", "--json", data=server._data))
    return {mail["recipient"] for mail in queue if title in mail["subject"]}


@pytest.mark.parametrize(
    ("notify", "recipients"),
    [
        ({}, {"ben@example.org", "eva@elsewhere.example"}),
        ({"notify_participants": True}, {"ben@example.org", "eva@elsewhere.example"}),
        ({"notify_participants": False}, {"eva@elsewhere.example"}),
    ],
)
def test_a_client_can_spare_people_here(
    server: Server, calendar: Folder, ben: OxUser, notify: dict[str, Value], recipients: set[str]
) -> None:
    title = f"Told to {len(recipients)}, {notify}"
    people = ox.together(ox.user(ben.id), ox.guest("eva@elsewhere.example"))
    calendar.create(
        title=title, start_date=START, end_date=START + ox.HOUR, ignore_conflicts=True, participants=people, **notify
    )
    assert told(server, title) == recipients
