"""``server audit`` shows what happened, for people and for scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from passerelle.model.errors import Invalid, NotFound
from tests.cli.conftest import ANNA, Command
from tests.support.commands import Server
from tests.support.ox.client import Http, basic
from tests.support.waiting import eventually


def test_logins_are_shown_with_whom_they_belong_to(command: Command, served: Server) -> None:
    http = Http(served.url)
    headers = {**basic(ANNA.login, ANNA.password), "User-Agent": "a test"}
    assert http.send("PROPFIND", "/servlet/webdav.groupuser", headers=headers).status != 401
    assert http.send("PROPFIND", "/servlet/webdav.folders", headers=basic(ANNA.login, "wrong")).status == 401

    asked = ("server", "audit", "--since", "1d", "--user", ANNA.login, "--data", served.data)

    def told() -> set[tuple[str, str, str]]:
        events = msgspec.json.decode(command(*asked, "--json").out, type=list[dict[str, Any]])
        return {(one["kind"], one["address"], one["client"]) for one in events}

    expected = {("login", "127.0.0.1", "a test"), ("refused", "127.0.0.1", "")}
    eventually(lambda: expected <= told(), "both logins are in the audit")
    assert "anna" in command(*asked).out


def test_scripts_get_json_and_commands_are_among_it(command: Command, office: Path, tmp_path: Path) -> None:
    given = ("--data", office)
    assert command("server", "backup", tmp_path / "office.zip", *given).code == 0
    assert command("server", "user", "password", "anna", "--password-stdin", *given, stdin="vent salé 8\n").code == 0
    assert command("server", "password-rules", "--minimum-length", "8", *given).code == 0
    assert command("server", "mail", "relay", "localhost", "--sender", "office@example.org", *given).code == 0
    assert command("server", "mail", "notices", "off", *given).code == 0
    out = command("server", "audit", "--since", "2020-01-01", "--json", "--data", office).out
    events = msgspec.json.decode(out, type=list[dict[str, Any]])
    assert [one["about"] for one in events if one["kind"] == "command"] == [
        "backup",
        "new password for user 2",
        "password-rules minimum_length=8",
        "mail relay localhost:587",
        "mail notices off",
    ]
    assert "vent" not in out
    assert {one["kind"] for one in events} >= {"command", "right", "user"}


def test_a_start_that_is_none_and_a_user_who_is_none_are_told_of(command: Command, office: Path) -> None:
    assert command("server", "audit", "--since", "yesterday", "--data", office).code == Invalid.exit_code
    assert command("server", "audit", "--user", "nobody", "--data", office).code == NotFound.exit_code
