"""Opens pages of the desk in the user's browser."""

from __future__ import annotations

import html
import os
import tempfile
import webbrowser
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, final

from passerelle.model.errors import Misconfigured

if TYPE_CHECKING:
    from passerelle.desk.local import Pages


@final
class Opening:
    """Opens addresses that let a browser in, by files that lead there until it is closed."""

    def __init__(self, show: Callable[[str], bool] = webbrowser.open) -> None:
        self._show = show
        self._directory = tempfile.TemporaryDirectory(prefix="passerelle-")
        self._guard = Lock()
        self._number = 0

    def open(self, url: str) -> bool:
        """Have the browser show an address; whether there is a browser."""
        return self._show(self._page_to(url).as_uri())

    def close(self) -> None:
        """Remove the files."""
        self._directory.cleanup()

    def _page_to(self, url: str) -> Path:
        """A page that leads to an address: in a command line, everybody on this machine could read the token."""
        with self._guard:
            self._number += 1
            page = Path(self._directory.name) / f"desk{self._number}.html"
        descriptor = os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f'<!doctype html><meta http-equiv="refresh" content="0; url={html.escape(url)}">')
        return page


@final
class Desk:
    """The pages of the accounts in a directory, served by this process from the first time that one is opened."""

    def __init__(self, data: Path, show: Callable[[str], bool] = webbrowser.open) -> None:
        self._data = data
        self._opening = Opening(show)
        self._guard = Lock()
        self._served: tuple[Pages, Thread] | None = None

    def open(self, page: str) -> None:
        """Have the browser show a page. Raises Misconfigured: there is no browser."""
        with self._guard:
            if self._served is None:
                self._served = _serve(self._data)
            url = self._served[0].invite(page)
        if not self._opening.open(url):
            raise Misconfigured("There is no browser here that could show the pages.")

    def close(self) -> None:
        """Serve them no longer."""
        with self._guard:
            if self._served is not None:
                pages, thread = self._served
                pages.end()
                thread.join()
            self._served = None
            self._opening.close()


def _serve(data: Path) -> tuple[Pages, Thread]:
    """The pages, and the thread that serves them."""
    from passerelle.desk.connector.household import Household
    from passerelle.desk.local import serve_replica
    from passerelle.sync.accounts.registry import Accounts

    ready: SimpleQueue[Pages] = SimpleQueue()

    def serve() -> None:
        with closing(Household(Accounts(data))) as household:
            serve_replica(household, 0, ready.put)

    thread = Thread(target=serve, name="desk", daemon=True)
    thread.start()
    return ready.get(), thread
