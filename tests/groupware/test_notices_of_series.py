"""Who is invited to single occurrences only is told what becomes of them when their series changes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from passerelle.groupware.letters import Audience
from passerelle.groupware.notices.deltas import What, what
from passerelle.model.ids import ItemId
from passerelle.model.items import Appointment
from tests.groupware.office import MONDAY, Office, at, daily
from tests.groupware.test_notices import EVA, TOM, invite, notices, told

Heard = list[tuple[str, What | None, datetime | None]]


@pytest.fixture
def series(office: Office) -> ItemId:
    """Five days with Tom, and Eva on the third."""
    id_ = invite(office, TOM, recurrence=daily(5))
    people = (*office.invite("anna", "bruno"), TOM, EVA)
    office.session("anna").change_occurrence(id_, None, 3, lambda _: {"participants": people})
    told(office)
    return id_


def third(hour: int) -> datetime:
    return at(hour, day=MONDAY + timedelta(days=2)).start


def heard(office: Office, mail: str) -> Heard:
    """What somebody from elsewhere is told, and of which occurrence."""
    found: Heard = []
    for one in notices(office):
        version = one.after or one.before
        if one.audience is Audience.EXTERNAL and one.recipient.mail == mail and version is not None:
            item = version.item
            found.append(
                (
                    one.subject,
                    what(one.before, one.after),
                    item.recurrence_id if isinstance(item, Appointment) else None,
                )
            )
    return found


def test_an_occurrence_at_another_time_of_its_series_goes_and_comes(office: Office, series: ItemId) -> None:
    office.session("anna").update(series, None, lambda _: {"when": at(12)})
    assert {one[1:] for one in heard(office, EVA.mail)} == {(What.CANCELLED, third(10)), (What.NEW, third(12))}
    assert [one[1:] for one in heard(office, TOM.mail)] == [(What.CHANGED, None)]
    assert {one.recipient.mail for one in notices(office) if one.audience is Audience.INTERNAL} == {
        "bruno@example.org",
        "carla@example.org",
    }


def test_an_occurrence_that_ends_with_the_pattern_of_its_series_is_called_off(office: Office, series: ItemId) -> None:
    office.session("anna").update(series, None, lambda _: {"recurrence": None})
    assert [one[1:] for one in heard(office, EVA.mail)] == [(What.CANCELLED, third(10))]
    assert [one[1:] for one in heard(office, TOM.mail)] == [(What.CHANGED, None)]


def test_an_occurrence_that_its_series_ends_before_is_called_off(office: Office, series: ItemId) -> None:
    office.session("anna").update(series, None, lambda _: {"recurrence": daily(2)})
    assert [one[1:] for one in heard(office, EVA.mail)] == [(What.CANCELLED, third(10))]


def test_an_occurrence_of_a_series_that_is_parted_before_it_belongs_to_the_later_part(
    office: Office, series: ItemId
) -> None:
    session, day = office.session("anna"), MONDAY + timedelta(days=1)
    home = office.default("anna")
    later = session.change_onwards(series, home, day, lambda _: {"location": "Elsewhere"})
    called_off, invited = heard(office, EVA.mail)
    assert called_off == (f"{series}@{third(10):%Y%m%dT%H%M%SZ}", What.CANCELLED, third(10))
    assert invited == (f"{later.id}@{third(10):%Y%m%dT%H%M%SZ}", What.NEW, third(10))
    assert {(subject.partition("@")[0], happened) for subject, happened, _ in heard(office, TOM.mail)} == {
        (str(series), What.CHANGED),
        (str(later.id), What.NEW),
    }


def test_a_mail_about_a_series_that_waits_says_which_occurrence_one_misses_since(
    office: Office, series: ItemId
) -> None:
    session = office.session("anna")
    session.delete_occurrence(series, None, 2)
    told(office)
    second = at(10, day=MONDAY + timedelta(days=1)).start
    session.update(series, None, lambda item: {"title": "Elsewhere", "recurrence": daily(5)})
    session.change_occurrence(series, None, 2, lambda _: {"participants": office.invite("anna", "bruno")})
    (mail,) = [one for one in notices(office) if one.recipient.mail == TOM.mail]
    assert (mail.subject, mail.after is not None) == (str(series), True)
    assert mail.after is not None
    assert isinstance(mail.after.item, Appointment)
    assert mail.after.item.recurrence is not None
    assert mail.after.item.recurrence.deleted == (second,)
