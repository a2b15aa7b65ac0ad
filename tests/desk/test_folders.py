"""Folder dialogs as a browser without scripts would use them: who may do what, and what is refused."""

from __future__ import annotations

import re

from passerelle.model.folders import PRIVATE, PUBLIC, FolderType, Module, Rights
from passerelle.model.ids import FolderId
from passerelle.model.items import Task, TaskStatus
from passerelle.model.levels import LEVELS
from tests.desk.serving import Visitor
from tests.groupware.office import FULL_RIGHTS, READER, VISITOR, Office


def made(office: Office, name: str, login: str = "anna") -> FolderId:
    (found,) = [view.folder.id for view in office.session(login).folders().changed if view.folder.name == name]
    return found


def test_a_folder_is_made_renamed_moved_and_deleted(anna: Visitor, office: Office) -> None:
    assert anna.post("/folders/create", parent=PRIVATE, module="tasks", name="Home").status_code == 204
    home = made(office, "Home")
    assert anna.post("/folders/create", parent=home, module="tasks", name="Garden").status_code == 204
    garden = made(office, "Garden")
    assert "Garden" in anna.get("/tasks").text
    fields = anna.form("/folders/item", id=garden) | {"name": "Balcony", "parent": str(PRIVATE)}
    assert anna.post("/folders/save", **fields).status_code == 204
    folder = office.session("anna").folder(garden).folder
    assert (folder.name, folder.parent) == ("Balcony", PRIVATE)
    assert anna.post("/folders/delete", **anna.form("/folders/ending", id=garden)).status_code == 204
    assert "Balcony" not in anna.get("/tasks").text


def test_a_folder_is_not_moved_into_itself_and_the_dialog_does_not_offer_it(anna: Visitor, office: Office) -> None:
    outer = office.private("anna", "Outer").id
    inner = office.session("anna").create_folder(outer, "Inner").id
    assert f'value="{inner}"' not in anna.get("/folders/item", id=outer).text
    refused = anna.post("/folders/save", **anna.form("/folders/item", id=outer) | {"parent": str(inner)})
    assert refused.status_code == 422
    assert "below itself" in refused.text


def test_a_name_that_is_taken_is_refused_in_the_dialog(anna: Visitor, office: Office) -> None:
    office.private("anna", "Home")
    refused = anna.post("/folders/create", parent=PRIVATE, module="calendar", name="home")
    assert refused.status_code == 422
    assert "already" in refused.text
    assert 'value="home"' in refused.text


def test_each_level_is_given_by_its_boxes_and_shown_again(anna: Visitor, office: Office) -> None:
    folder = office.public("anna", "All").id
    who = f"user-{office.user('bruno').id}"
    for level in LEVELS:
        view = office.session("anna").folder(folder).folder
        rights = level.rights
        reached = {"f": rights.folder, "r": rights.read, "w": rights.write, "d": rights.delete}
        ticked = {f"{box}{one}-{who}": 1 for box, most in reached.items() for one in (2, 4, 8) if one <= most}
        if rights.admin:
            ticked[f"a-{who}"] = 1
        rows = f"user-{office.user('anna').id} {who}"
        saved = anna.post("/folders/save", id=folder, stamp=view.stamp, name=view.name, rows=rows, **ticked)
        assert saved.status_code == 204, saved.text
        given = {right.principal: right.rights for right in office.session("anna").folder(folder).folder.rights}
        assert given == {office.user("anna").id: FULL_RIGHTS, office.user("bruno").id: rights}
        shown = re.findall(r"selected>(\d) –", anna.get("/folders/item", id=folder).text)
        assert shown == ["8", str(level.number)]


def test_somebody_is_added_with_the_right_to_see_and_taken_out_again(anna: Visitor, office: Office) -> None:
    folder = office.private("anna", "Trips").id
    fields = anna.form("/folders/item", id=folder)
    page = anna.post("/folders/permit", **fields | {"who": "Bruno Blanc"}).text
    bruno = f"user-{office.user('bruno').id}"
    assert f'name="rows" value="user-{office.user("anna").id} {bruno}"' in page
    assert f'name="f2-{bruno}" value="1" data-box="f2" checked' in page
    without = anna.post("/folders/permit", **fields | {"rows": f"{fields['rows']} {bruno}", "remove": bruno}).text
    assert bruno not in without
    assert len(office.session("anna").folder(folder).folder.rights) == 1
    unknown = anna.post("/folders/permit", **fields | {"who": "Meeting room"})
    assert unknown.status_code == 422
    assert "no user and no group" in unknown.text


def test_custom_rights_and_those_of_groups_are_kept(anna: Visitor, office: Office) -> None:
    custom = Rights(folder=2, read=2, write=2)
    folder = office.private("anna", "Trips", Module.TASKS, office.grant_group("staff", custom)).id
    page = anna.get("/folders/item", id=folder).text
    assert '<option value="custom" selected>' in page
    fields = anna.form("/folders/item", id=folder) | {"name": "Journeys"}
    assert anna.post("/folders/save", **fields).status_code == 204
    rights = {right.principal: right.rights for right in office.session("anna").folder(folder).folder.rights}
    assert rights == {office.group("staff").id: custom, office.user("anna").id: FULL_RIGHTS}


def test_who_does_not_administer_a_folder_changes_nothing_of_it(bruno: Visitor, office: Office) -> None:
    folder = office.share_default("anna", office.grant("bruno", READER), Module.TASKS)
    hidden = office.private("anna", "Hidden", Module.TASKS).id
    stamp = office.session("anna").folder(folder).folder.stamp
    assert "hx-post" not in bruno.get("/folders/item", id=folder).text.partition("<details")[2]
    rows = f"user-{office.user('bruno').id}"
    asked = {"id": folder, "stamp": stamp, "name": "Mine now", "rows": rows, f"a-{rows}": 1}
    assert bruno.post("/folders/save", **asked).status_code == 422
    assert bruno.post("/folders/delete", id=folder, stamp=stamp).status_code == 422
    for path in ("/folders/item", "/folders/menu", "/folders/ending"):
        assert bruno.get(path, id=hidden).status_code == 404
    assert bruno.post("/folders/delete", id=hidden, stamp=stamp).status_code == 404
    assert office.session("anna").folder(folder).folder.name == "Tasks"


def test_counts_leave_out_what_one_may_not_know_of(anna: Visitor, bruno: Visitor, office: Office) -> None:
    folder = office.share_default("anna", office.grant("bruno", READER), Module.TASKS)
    session = office.session("anna")
    session.create(folder, Task(title="Done", status=TaskStatus.DONE))
    session.create(folder, Task(title="Secret", private=True))
    for visitor, count in ((anna, 2), (bruno, 1)):
        assert 'class="count"' not in visitor.get("/folders/tree", page="tasks").text
        assert visitor.post("/folders/count", counts="1").status_code == 204
        row = (
            visitor.get("/folders/tree", page="tasks").text.partition(f'id="folder-{folder}"')[2].partition("</li>")[0]
        )
        assert f">{count - 1}/{count}</span>" in row
        assert f"<dd>{count} (" in visitor.get("/folders/item", id=folder).text


def test_a_folder_that_may_only_be_seen_stands_in_the_tree_without_a_way_in(bruno: Visitor, office: Office) -> None:
    folder = office.public("anna", "Closed", Module.TASKS, office.grant("bruno", VISITOR))
    row = bruno.get("/tasks").text.partition(f'id="folder-{folder.id}"')[2].partition("</li>")[0]
    assert "Closed" in row
    assert "href" not in row


def test_script_in_the_name_of_a_folder_is_only_text(anna: Visitor, office: Office) -> None:
    evil = "<img src=x onerror=alert(1)>"
    folder = office.private("anna", evil, Module.TASKS).id
    for path in ("/tasks", "/folders/tree?page=tasks", f"/folders/item?id={folder}", f"/folders/ending?id={folder}"):
        page = anna.http.get(f"{anna.url}{path}").text
        assert "onerror" in page
        assert evil not in page


def test_a_public_folder_belongs_to_nobody_alone(anna: Visitor, office: Office) -> None:
    assert anna.post("/folders/create", parent=PUBLIC, module="contacts", name="Customers").status_code == 204
    assert office.session("anna").folder(made(office, "Customers")).folder.type is FolderType.PUBLIC
