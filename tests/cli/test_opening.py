"""The tray opens pages of the desk in the browser."""

from __future__ import annotations

import re
from contextlib import closing
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from passerelle.cli.opening import Desk, Opening
from passerelle.model.errors import Misconfigured


def led_to(file: str) -> str:
    """The address that a page on this machine leads to."""
    path = Path(urlsplit(file).path)
    assert path.stat().st_mode & 0o077 == 0
    found = re.search('url=(.+?)"', path.read_text(encoding="utf-8"))
    assert found is not None
    return unescape(found[1])


def test_each_click_opens_its_page_and_lets_one_browser_in(tmp_path: Path) -> None:
    shown: list[str] = []

    def show(url: str) -> bool:
        shown.append(url)
        return True

    with closing(Desk(tmp_path, show)) as desk:
        desk.open("/about#update")
        desk.open("/sync/new")
        first, second = (led_to(url) for url in shown)
        with httpx2.Client() as browser:
            answer = browser.get(first)
            assert (answer.status_code, answer.headers["Location"]) == (303, "/desk/about#update")
            assert browser.get(first.replace("/enter/", "/enter/x")).status_code == 401
            assert browser.get(first).status_code == 401
            assert browser.get(second, follow_redirects=True).url.path == "/desk/sync/new"


def test_a_machine_without_a_browser_says_so(tmp_path: Path) -> None:
    with closing(Desk(tmp_path, lambda _url: False)) as desk, pytest.raises(Misconfigured, match="no browser"):
        desk.open("/about")


def test_files_that_lead_to_pages_go_with_the_program() -> None:
    shown: list[str] = []

    def show(url: str) -> bool:
        shown.append(url)
        return True

    with closing(Opening(show)) as opening:
        assert opening.open("http://a/?x=1&y=2")
        assert led_to(shown[0]) == "http://a/?x=1&y=2"
    assert not Path(urlsplit(shown[0]).path).exists()
