"""A person's browser window, and what every page must be: accessible, and as the manual shows it."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.sync_api import BrowserContext, FloatRect, Locator, Page, expect

from passerelle.desk.entrance import COOKIE
from passerelle.groupware import logins
from tests.groupware.office import PASSWORD, Office

ROOT = Path(__file__).parents[2]
IN_THE_DARK = frozenset({"calendar", "tasks", "sync"})
"""The pages of which there is a picture in dark, too."""
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
IMAGES = ROOT / "docs" / "images"
NOTHING_TO_SEE = (
    *(f"Failed to load resource: the server responded with a status of {status}" for status in (401, 403, 409, 422)),
    "htmx: '#found-",
)
"""What a browser notes of what was refused, as it should be; and of names that come after their dialog is closed."""


class Desk:
    """One person's browser window."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.page: Page = context.new_page()
        self.url = url
        self.troubles: list[str] = []
        self.page.on("console", lambda said: self._note(said.text) if said.type in {"error", "warning"} else None)
        self.page.on("pageerror", lambda error: self._note(str(error)))

    def _note(self, trouble: str) -> None:
        if not trouble.startswith(NOTHING_TO_SEE):
            self.troubles.append(trouble)

    def enter(self, login: str, password: str = PASSWORD) -> None:
        self.page.goto(f"{self.url}/")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.page.click("button.primary")
        self.page.wait_for_url("**/desk/calendar")

    def arrive(self, office: Office, login: str) -> None:
        """Be let in as by a password, and see the calendar."""
        key = logins.begin(office.store, office.user(login).id, "test")
        self.page.context.add_cookies([{"name": COOKIE, "value": key, "url": self.url}])
        self.page.goto(f"{self.url}/calendar")

    def show_next_week(self) -> None:
        self.page.click(".ec-next")

    def save(self) -> None:
        self.page.click("dialog button.primary")
        expect(self.page.locator("dialog")).not_to_be_visible()

    def check(self, name: str, *, picture: bool = True) -> None:
        """Find out whether the page is accessible; with PASSERELLE_IMAGES set, take the picture in docs of it anew."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("axe.run({resultTypes: ['violations']})")
        serious = [one for one in found["violations"] if one["impact"] in {"serious", "critical"}]
        told = [(one["id"], [node["html"][:200] for node in one["nodes"]][:3]) for one in serious]
        assert told == [], f"{name}: {told}"
        if picture and os.environ.get("PASSERELLE_IMAGES"):
            self.page.screenshot(path=IMAGES / f"desk-{name}.png")

    def check_in_both(self, name: str) -> None:
        """Check the page in light and in dark."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.check(f"{name}-{scheme}", picture=scheme == "light" or name in IN_THE_DARK)
        self.page.emulate_media(color_scheme="light")


def place_of(shown: Locator) -> FloatRect:
    """Where something is on the page; also if it is just shown anew, since something changed."""
    while (box := shown.bounding_box()) is None:
        pass
    return box
