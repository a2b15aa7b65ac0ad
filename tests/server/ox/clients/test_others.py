"""The server as smaller and older clients use it (OX reference, sections 19.2 to 19.4 and 14.2)."""

from __future__ import annotations

import re

from tests.support.ox import elements as ox
from tests.support.ox.client import Folder, OxUser
from tests.support.ox.elements import Value


def test_the_address_book_exporter_finds_folders_and_contacts(anna: OxUser, contacts: Folder) -> None:
    contacts.create(last_name="Exported")
    folders = anna.read("folders", objectmode="MODIFIED", lastsync=0)
    assert all({"module", "object_id"} <= set(one.names) for one in folders)
    books = [one for one in folders if one["module"] == "contact"]
    assert all(one["title"] for one in books)

    found = anna.read("contacts", folder_id=contacts.id, objectmode="MODIFIED", lastsync=0)

    assert contacts.id in [one.id for one in books]
    assert [one["last_name"] for one in found] == ["Exported"]


def test_the_oldest_kde_client_reads_the_directory_by_literal_prefixes(anna: OxUser) -> None:
    body = ox.propfind(user="*", group="*", resource="*", resourcegroup="*")

    text = anna.send("PROPFIND", "groupuser/", body).text

    assert len(re.findall(r"<ox:user>\s*<ox:", text)) >= 3
    assert re.search(r"<ox:uid>\d+</ox:uid>", text)


def test_outlook_writes_a_batch_in_a_multistatus_by_put(calendar: Folder) -> None:
    times = {"start_date": ox.ms("2033-05-02 09:00"), "end_date": ox.ms("2033-05-02 10:00"), "ignore_conflicts": True}
    blocks = "".join(
        ox.block(folder_id=calendar.id, title=f"Meeting {n}", client_id=f"o{n}", **times) for n in range(30)
    )
    body = f"<D:multistatus {ox.NAMESPACES}><D:propertyupdate>{blocks}</D:propertyupdate></D:multistatus>"

    answers = calendar.user.ask("PUT", "calendar", body)

    assert [one["client_id"] for one in answers] == [f"o{n}" for n in range(30)]
    assert {one.outcome for one in answers} == {("200", "1200")}
    assert len(calendar.live()) == 30


def test_a_meeting_from_the_invitation_to_the_end(
    anna: OxUser, ben: OxUser, carl: OxUser, team: int, room: int, title: str
) -> None:
    """A team calendar, a series with guests, one week later, one week off, an answer, and the end of it all."""
    day = [ox.ms("2033-06-06") + week * 7 * ox.DAY for week in range(5)]
    rights = (ox.right(0, "4/4/2/0", kind="group"),)
    public = anna.make_folder("calendar", title, *rights, parent=2)
    fields: dict[str, Value] = {
        "title": "Jour fixe", "start_date": day[0] + 9 * ox.HOUR, "end_date": day[0] + 10 * ox.HOUR,
        "full_time": False, "shown_as": 1, "alarm_flag": True, "alarm": 15,
        "recurrence_type": "weekly", "interval": 1, "days": 2, "occurrences": 5,
        "ignore_conflicts": True, "notify_participants": False,
    }  # fmt: skip
    people = (ox.user(anna.id, "accept"), ox.group(team), ox.resource(room), ox.guest("guest@example.net", "Guest"))

    series = public.create(**fields, participants=ox.together(*people))
    assert series["recurrence_id"] == str(series.id)
    assert public.load(series)["until"] == str(day[4])

    later = public.update(
        series, recurrence_date_position=day[1], title="Jour fixe (later)", start_date=day[1] + 10 * ox.HOUR,
        end_date=day[1] + 11 * ox.HOUR, ignore_conflicts=True,
    )  # fmt: skip
    public.delete(public.load(series), recurrence_date_position=day[2])
    found = public.load(series)
    assert (found["changeexceptions"], found["deleteexceptions"]) == (str(day[1]), str(day[2]))

    answer = ben.write_well("calendar", object_id=series.id, method="CONFIRM", confirm="tentative", confirm_message="?")
    assert answer.outcome == ("200", "1200")

    carls = public.seen_by(carl)
    assert sorted(carls.live()) == sorted([series.id, later.id])
    assert carls.try_delete(public.load(series)).outcome == ("403", "1002")

    public.delete(public.load(series))
    assert carls.live() == []
    assert {series.id, later.id} <= set(carls.gone())


def test_two_tasks_in_one_request_the_second_without_right(
    tasks: Folder, ben: OxUser, title: str, anna: OxUser
) -> None:
    bens = ben.make_folder("task", title, ox.right(anna.id, "2/4/0/0"))

    first, second = anna.write(
        "tasks",
        ox.block(
            folder_id=tasks.id, title="Buy paper", status=1, priority=3, percent_completed=0,
            end_date=ox.ms("2033-03-08"), alarm_flag=True, alarm=ox.ms("2033-03-07 08:00"), client_id="t1",
        ),
        ox.block(folder_id=bens.id, title="x", client_id="t2"),
    )  # fmt: skip

    assert (first.outcome, first["client_id"]) == (("200", "1200"), "t1")
    assert (second.outcome, second["client_id"], second["object_id"]) == (("403", "1002"), "t2", "0")
