"""The server with its pages, people who visit them, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.desk.browsing import Desk
from tests.desk.serving import Visitor, serving
from tests.groupware.office import Office

CHROMIUM = Path("/usr/bin/chromium")
expect.set_options(timeout=30_000)  # milliseconds: a slow machine is no failure


@pytest.fixture
def url(office: Office) -> Iterator[str]:
    with serving(office.store) as url:
        yield url


@pytest.fixture
def visitor(url: str) -> Iterator[Visitor]:
    """Somebody who did not log in."""
    with Visitor(url) as someone:
        yield someone


@pytest.fixture
def anna(visitor: Visitor, office: Office) -> Visitor:
    return visitor.arrive(office)


@pytest.fixture
def bruno(url: str, office: Office) -> Iterator[Visitor]:
    with Visitor(url) as someone:
        yield someone.arrive(office, "bruno")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium. It ends with the module: while it runs, no other event loop can run in this thread."""
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (package chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, chromium_sandbox=False)
        yield browser
        browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(
        viewport={"width": 1280, "height": 800}, timezone_id="Europe/Paris", reduced_motion="reduce"
    )
    context.add_init_script("localStorage.setItem('view', 'timeGridWeek')")
    yield context
    context.close()


@pytest.fixture
def window(context: BrowserContext, url: str, office: Office) -> Iterator[Desk]:
    """Anna's browser, logged in."""
    desk = Desk(context, f"{url}/desk")
    desk.arrive(office, "anna")
    yield desk
    assert desk.troubles == []
