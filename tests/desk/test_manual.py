"""What this program is, and its manual, as pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from passerelle import __version__
from passerelle.daemon.installed import how_to_update, installed_version
from passerelle.desk.manual import BOOKS, book
from tests.desk.serving import Visitor, serving_locally
from tests.groupware.office import Office

DOCS = Path(__file__).parents[2] / "docs" / "manual"


@pytest.mark.parametrize("name", BOOKS)
def test_all_chapters_are_there_and_every_link_leads_somewhere(name: str) -> None:
    found = book(name)
    titles = re.findall(r"^## (.+)$", (DOCS / f"{name}.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert [one.title for one in found.chapters] == titles
    places = {other: set(re.findall(r' id="([^"]+)"', book(other).html)) for other in BOOKS}
    for target in re.findall(r'href="([^"]*)"', found.html):
        other, _, place = target.removeprefix("?book=").partition("#")
        assert not place or place in places[other or name]
    assert "<img" not in found.html


def test_about_leads_to_the_manual_and_says_how_to_update_in_front_of_a_replica(office: Office) -> None:
    with serving_locally(office) as (url, doors), Visitor(url) as someone:
        someone.http.get(f"{url}/desk{doors.invite()}")
        page = someone.get("/about").text
        assert "/desk/about/manual?book=user" in page
        assert "Update" in page
        manual = someone.get("/about/manual", book="user")
        assert "passerelle sync" in manual.text
        assert someone.get("/about/manual", book="../../README").status_code == 404


def test_in_front_of_a_server_nobody_is_told_to_update_it(anna: Visitor) -> None:
    assert 'id="update"' not in anna.get("/about").text
    assert anna.get("/about/manual").status_code == 200


def test_the_version_that_is_installed_runs_here_from_the_sources() -> None:
    assert installed_version() == __version__
    assert how_to_update() == ""
