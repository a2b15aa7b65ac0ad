"""The real pages on a socket of their own, and people who come to them without a browser."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import unescape
from pathlib import Path
from threading import Thread
from typing import Self

import httpx2
import uvicorn
from starlette.types import ASGIApp

from passerelle.desk.app import create_desk
from passerelle.desk.connector.hubs import Hubs
from passerelle.desk.entrance import COOKIE, Entrance
from passerelle.desk.latchkey import Latchkey
from passerelle.desk.local import application
from passerelle.groupware import logins
from passerelle.groupware.session import Session
from passerelle.server.app import create_app
from passerelle.server.push.hub import Hub
from passerelle.server.run import HubServer
from passerelle.store import Store
from tests.groupware.office import PASSWORD, Office

_TOKEN = re.compile(r'name="token" content="([0-9a-f]+)"')


@contextmanager
def listening(
    app: ASGIApp, hub: Hub | Hubs, bound: socket.socket, tls: tuple[Path, Path] | tuple[None, None] = (None, None)
) -> Iterator[str]:
    """Answer on a socket while the block lasts; gives the URL. ``tls`` are the files of a certificate and its key."""
    certificate, key = tls
    config = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, ssl_certfile=certificate, ssl_keyfile=key
    )
    server = HubServer(config, hub)
    thread = Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        with hub.running():
            yield f"http{'s' if certificate else ''}://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
        bound.close()


@contextmanager
def serving(store: Store) -> Iterator[str]:
    """The server with its pages."""
    hub = Hub(store)
    app = create_app(store, hub=hub, pages=lambda authenticator, hub: create_desk(Entrance(store, authenticator), hub))
    with listening(app, hub, socket.create_server(("127.0.0.1", 0))) as url:
        yield url


@contextmanager
def serving_locally(office: Office, login: str = "anna") -> Iterator[tuple[str, Latchkey]]:
    """Pages as they stand before a replica, for one user; and the doors, which invite."""
    with serving_replica(lambda: office.session(login)) as found:
        yield found


@contextmanager
def serving_replica(session: Callable[[], Session]) -> Iterator[tuple[str, Latchkey]]:
    """The pages of a replica; and the doors, which invite."""
    bound = socket.create_server(("127.0.0.1", 0))
    doors, hub = Latchkey(session), Hub(session().store)
    with listening(application(doors, hub, f"127.0.0.1:{bound.getsockname()[1]}"), hub, bound) as url:
        yield url, doors


class Visitor:
    """Somebody with an HTTP client that keeps cookies, and sends what a browser would send."""

    def __init__(self, url: str) -> None:
        self.url = f"{url}/desk"
        self.http = httpx2.Client(headers={"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def enter(self, login: str = "anna", password: str = PASSWORD, **fields: str) -> httpx2.Response:
        """Log in."""
        return self.http.post(f"{self.url}/enter", data={"login": login, "password": password, **fields})

    def arrive(self, office: Office, login: str = "anna") -> Self:
        """Be let in as by a password, which costs a tenth of a second of work each time."""
        key = logins.begin(office.store, office.user(login).id, "test")
        self.http.cookies.set(COOKIE, key, domain="127.0.0.1", path="/")
        return self

    def get(self, path: str, **values: object) -> httpx2.Response:
        """Ask for a page."""
        return self.http.get(f"{self.url}{path}", params={name: str(value) for name, value in values.items()})

    def post(self, path: str, **fields: object) -> httpx2.Response:
        """Send a form, as one of the pages would."""
        headers = {"X-Desk-Token": self.token()}
        return self.http.post(f"{self.url}{path}", data={k: str(v) for k, v in fields.items()}, headers=headers)

    def token(self) -> str:
        """The token that the pages carry."""
        found = _TOKEN.search(self.get("/tasks").text)
        assert found is not None
        return found[1]

    def form(self, path: str, **values: object) -> dict[str, str]:
        """The fields of a dialog as they are shown, as far as inputs and text areas go."""
        page = self.get(path, **values)
        assert page.status_code == 200, page.text
        inputs = re.findall(r"<input ([^>]*)>", page.text)
        fields = {}
        for attributes in inputs:
            pairs = dict(re.findall(r'([a-z]+)="([^"]*)"', attributes))
            if "name" in pairs and (pairs.get("type") not in {"checkbox", "radio"} or "checked" in attributes):
                fields[pairs["name"]] = unescape(pairs.get("value", ""))
        areas = re.findall(r'<textarea name="([a-z_]+)"[^>]*>(.*?)</textarea>', page.text, re.DOTALL)
        chosen = re.findall(r'<select name="([a-z_]+)"[^>]*>(.*?)</select>', page.text, re.DOTALL)
        for name, options in chosen:
            selected = re.search(r'<option value="([^"]*)" selected', options)
            first = re.search(r'<option value="([^"]*)"', options)
            fields[name] = (selected or first or [""])[1] if (selected or first) else ""
        return fields | {name: unescape(text) for name, text in areas}
