"""Whoever runs a server sees how it does: logs, metrics and health, and in none of them what its users do."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import pytest
from prometheus_client.parser import text_string_to_metric_families

from passerelle.server.throttle import FAILURES_PER_ACCOUNT_AND_ADDRESS
from tests.support.commands import Server, User
from tests.support.ox.client import Http, OxUser, Reply, basic
from tests.support.ox.elements import HOUR, ms
from tests.support.ox.files import Files
from tests.support.waiting import eventually

ANNA: Final = User("annalogin", "Anna Zwetschge", "anna.zwetschge@example.org", "geheimes Passwort")
SECRETS: Final = (
    "annalogin", "Zwetschge", "geheimes", "example.org", "Geburtstag", "Nobody", "Tippfehler", "Tagebuch", "Urlaub",
    "127.0.0.1:", "Basic",
)  # fmt: skip
"""What users typed, or who they are."""
START: Final = ms("2033-03-07 09:00")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("watched")
    server = Server(directory, zone="UTC")
    server.add_user(ANNA)
    with server.run_with("--metrics-port", "0", PASSERELLE_LOG="info", PASSERELLE_LOG_FORMAT="json"):
        yield server


@pytest.fixture(scope="module")
def anna(server: Server) -> OxUser:
    return OxUser(server.url, ANNA)


def entries(server: Server) -> list[dict[str, Any]]:
    return [json.loads(line) for line in server.log().splitlines() if line.startswith("{")]


def metrics(server: Server) -> dict[str, float]:
    """All samples that are not zero, by name and labels."""
    url = urlsplit(server.announced("metrics on "))
    reply = Http(f"http://{url.netloc}").send("GET", url.path)
    return {
        " ".join([sample.name, *(sample.labels[name] for name in sorted(sample.labels))]): sample.value
        for family in text_string_to_metric_families(reply.text)
        for sample in family.samples
        if sample.value
    }


def be_busy(server: Server, anna: OxUser) -> list[Reply]:
    """Do what users do, well and badly; return the answers that say no."""
    calendar = anna.default("calendar")
    made = calendar.create(title="Geburtstag", start_date=START, end_date=START + HOUR)
    Files(calendar, made).put("Tagebuch.txt", b"Tagebuch")
    anna.make_folder("calendar", "Urlaub")
    http = Http(server.url)
    http.send("GET", f"/servlet/webdav.freebusy?username=anna.zwetschge&server=example.org&start={START}")
    http.send("GET", f"/ajax/login?action=login&name={ANNA.login}&password={quote(ANNA.password)}")
    wrong = [http.send("PROPFIND", "/servlet/webdav.calendar", headers=basic("Nobody", "Tippfehler"))]
    wrong += [
        http.send("PROPFIND", "/servlet/webdav.folders", headers=basic(ANNA.login, "Tippfehler"))
        for _ in range(FAILURES_PER_ACCOUNT_AND_ADDRESS + 1)
    ]
    return [
        *wrong,
        http.send("GET", "/Tagebuch/of/annalogin"),
        http.send("GEHEIMES", "/servlet/webdav.calendar", headers=basic(ANNA.login, ANNA.password)),
    ]


def test_a_request_is_one_entry_that_says_who_only_by_number(server: Server, anna: OxUser) -> None:
    anna.default("calendar").create(title="Geburtstag", start_date=START + 5 * HOUR, end_date=START + 6 * HOUR)

    def writes() -> list[dict[str, Any]]:
        return [one for one in entries(server) if (one.get("servlet"), one.get("verb")) == ("calendar", "PROPPATCH")]

    written = eventually(writes, "the write is in the log")  # the answer comes first
    assert written[-1] | {"timestamp": "", "ms": 0, "bytes": 0} == {
        "event": "answered",
        "level": "info",
        "timestamp": "",
        "servlet": "calendar",
        "verb": "PROPPATCH",
        "status": 207,
        "ms": 0,
        "bytes": 0,
        "user": anna.id,
    }
    assert written[-1]["ms"] > 0
    assert written[-1]["bytes"] > 100


def test_neither_logs_nor_metrics_hold_what_users_typed_or_who_they_are(tmp_path: Path) -> None:
    server = Server(tmp_path, zone="UTC")
    server.add_user(ANNA)
    with server.run_with("--metrics-port", "0", PASSERELLE_LOG="info"):
        anna = OxUser(server.url, ANNA)
        with closing(sqlite3.connect(tmp_path / "server" / "passerelle.db", isolation_level=None)) as connection:
            calendar = anna.default("calendar")
            connection.execute("ALTER TABLE alarms RENAME TO gone")
            broken = calendar.try_create(title="Geburtstag", start_date=START, end_date=START + HOUR, alarm=5)
            connection.execute("ALTER TABLE gone RENAME TO alarms")
        assert broken.status == "500"
        assert {reply.status for reply in be_busy(server, anna)} == {401, 429, 404, 400}
        kept = repr(metrics(server))
    log = "\n".join(line for line in server.log().splitlines() if " on http" not in line)
    assert "block_failed" in log
    assert "Traceback" in log
    for secret in SECRETS:
        assert secret.casefold() not in log.casefold(), secret
        assert secret.casefold() not in kept.casefold(), secret


def test_metrics_count_requests_logins_writes_and_waiting(server: Server, anna: OxUser) -> None:
    before = metrics(server)
    anna.default("calendar").create(title="Geburtstag", start_date=START + 9 * HOUR, end_date=START + 9 * HOUR)
    Http(server.url).send("PROPFIND", "/servlet/webdav.folders", headers=basic("Nobody", "Tippfehler"))

    def grown(name: str) -> float:
        return metrics(server).get(name, 0) - before.get(name, 0)

    eventually(lambda: grown("passerelle_requests_total folders 4xx PROPFIND") == 1, "the last request is counted")
    assert grown("passerelle_requests_total calendar 2xx PROPPATCH") == 1
    assert grown("passerelle_request_seconds_count calendar PROPPATCH") == 1
    assert grown("passerelle_items_written_total") == 1
    assert grown("passerelle_logins_total failed") == 1
    assert grown("passerelle_logins_total succeeded") > 0
    assert grown("passerelle_write_wait_seconds_count") >= 1


def test_labels_are_of_fixed_lists_whatever_is_asked_for(server: Server) -> None:
    http = Http(server.url)
    for number in range(5):
        http.send(f"VERB{number}", f"/path/{number}")
        http.send(f"VERB{number}", "/servlet/webdav.version")

    def labels() -> set[str]:
        return {name for name in metrics(server) if "passerelle_requests_total" in name}

    eventually(lambda: "passerelle_requests_total version 4xx other" in labels(), "the last request is counted")
    assert "passerelle_requests_total other 4xx other" in labels()
    assert not [name for name in labels() if "VERB" in name or "path" in name]


def test_the_metrics_are_not_on_the_port_that_everybody_reaches(server: Server, anna: OxUser) -> None:
    assert Http(server.url).send("GET", "/metrics").status == 404
    assert urlsplit(server.announced("metrics on ")).hostname == "127.0.0.1"


def test_a_server_says_that_it_is_alive_and_whether_its_database_answers(tmp_path: Path) -> None:
    with Server(tmp_path, zone="UTC") as server:
        http = Http(server.url)
        assert [http.send("GET", path).status for path in ("/health", "/health/ready")] == [200, 200]
        assert http.send("POST", "/health").status == 405
        with closing(sqlite3.connect(tmp_path / "server" / "passerelle.db", isolation_level=None)) as connection:
            connection.execute("ALTER TABLE scopes RENAME TO gone")
            eventually(lambda: http.send("GET", "/health/ready").status == 503, "it says that it is not ready")
            assert http.send("GET", "/health").status == 200
            assert "Traceback" not in http.send("GET", "/health/ready").text
            connection.execute("ALTER TABLE gone RENAME TO scopes")
        eventually(lambda: http.send("GET", "/health/ready").status == 200, "it is ready again")
