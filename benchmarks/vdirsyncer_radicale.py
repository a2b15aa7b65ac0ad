"""vdirsyncer against Radicale: a calendar of events and an address book, kept in step with directories of files."""

from __future__ import annotations

import base64
import json
import shutil
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.items import Mixture, mixture_without_tasks
from benchmarks.processes import Failed, Run, Server, free_port, run_client, server
from benchmarks.results import Measurement, Phase, changes_among
from benchmarks.texts import calendar_text, card_text, plain_uid

PAIR = "vdirsyncer"
LARGEST = 10_000
USER = "anna"
PASSWORD = "secret"

_SERVER = """\
[server]
hosts = 127.0.0.1:{port}
[auth]
type = htpasswd
htpasswd_filename = {directory}/users
htpasswd_encryption = plain
delay = 0
cache_logins = True
[storage]
filesystem_folder = {directory}/server
[reporting]
max_expand_occurrence = 1000000000
[web]
type = none
[logging]
level = info
"""
_CLIENT = """\
[general]
status_path = "{directory}/status/"
"""
_PAIR = """\
[pair {name}]
a = "{name}_here"
b = "{name}_there"
collections = null
conflict_resolution = "b wins"
[storage {name}_here]
type = "filesystem"
path = "{directory}/replica/{name}/"
fileext = ".{extension}"
[storage {name}_there]
type = "{protocol}"
url = "{url}/{user}/{name}/"
username = "{user}"
password = "{password}"
"""
_COLLECTIONS = (("calendar", "ics", "caldav", "VCALENDAR"), ("contacts", "vcf", "carddav", "VADDRESSBOOK"))


def measure(count: int, programs: Path, directory: Path) -> Iterator[Measurement]:
    """Measure all phases with so many items; ``programs`` is where the two are installed.

    Raises:
        Failed: one of them did not do its work.
    """
    scenario = _Scenario(count, directory, programs)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    configuration = radicale_configuration(directory, port, [USER])
    _configure_client(directory, url)
    _fill(directory, mixture_without_tasks(count))
    with server([programs / "radicale", "--config", configuration], directory, {}) as radicale:
        radicale.wait_for("server ready")
        scenario.begin()
        _forget_parsed(directory)
        yield scenario.run(Phase.COLD, radicale)
        scenario.begin()
        yield scenario.run(Phase.FIRST, radicale)
        yield scenario.run(Phase.IDLE, radicale)
        for phase, changes in changes_among(count).items():
            _change_remotely(directory, url, changes)
            _change_locally(directory, changes)
            yield scenario.run(phase, radicale)
            _check_agreement(directory, changes)


class _Scenario:
    """One client's directory, synchronised again and again."""

    def __init__(self, count: int, directory: Path, programs: Path) -> None:
        self._count = count
        self._directory = directory
        self._programs = programs

    def begin(self) -> None:
        """Start with an empty replica; that vdirsyncer looks up its collections is not measured."""
        for part in ("replica", "status"):
            shutil.rmtree(self._directory / part, ignore_errors=True)
        for name, *_rest in _COLLECTIONS:
            (self._directory / "replica" / name).mkdir(parents=True)
        self._call("discover")

    def run(self, phase: Phase, radicale: Server) -> Measurement:
        """Synchronise once and see that all items are there."""
        before = radicale.output.count(" request for ")
        radicale.forget()
        run = self._call("sync")
        self._check_count()
        return Measurement(
            pair=PAIR,
            phase=phase,
            items=self._count,
            seconds=run.seconds,
            processor_seconds=run.processor_seconds + radicale.processor_seconds,
            requests=radicale.output.count(" request for ") - before,
            client_mib=run.peak_mib,
            server_mib=radicale.peak_mib,
        )

    def _call(self, verb: str) -> Run:
        command: list[str | Path] = [
            self._programs / "vdirsyncer",
            "--config",
            self._directory / "vdirsyncer.conf",
            verb,
        ]
        return run_client(command, self._directory, {"HOME": str(self._directory)})

    def _check_count(self) -> None:
        found = sum(1 for _ in (self._directory / "replica").glob("*/*.*"))
        if found != self._count:
            raise Failed(f"vdirsyncer brought {found} of {self._count} items.")


def radicale_configuration(directory: Path, port: int, logins: Sequence[str]) -> Path:
    """Write what Radicale needs to know to serve these users from a directory; they all have :data:`PASSWORD`."""
    (directory / "users").write_text("".join(f"{login}:{PASSWORD}\n" for login in logins))
    file = directory / "radicale.conf"
    file.write_text(_SERVER.format(directory=directory, port=port))
    return file


def _fill(directory: Path, mixture: Mixture) -> None:
    """Put the items where Radicale keeps them."""
    texts = {
        "calendar": {plain_uid(one): calendar_text(one) for one in mixture.appointments},
        "contacts": {plain_uid(one): card_text(one) for one in mixture.contacts},
    }
    for name, extension, _protocol, tag in _COLLECTIONS:
        collection = _server_files(directory, name)
        collection.mkdir(parents=True)
        (collection / ".Radicale.props").write_text(json.dumps({"tag": tag}))
        for uid, text in texts[name].items():
            (collection / f"{uid}.{extension}").write_text(text, newline="")


def _forget_parsed(directory: Path) -> None:
    """Empty Radicale's cache of parsed items, which already the looking up of collections fills."""
    for name, *_rest in _COLLECTIONS:
        shutil.rmtree(_server_files(directory, name) / ".Radicale.cache")


def _configure_client(directory: Path, url: str) -> None:
    login = {"user": USER, "password": PASSWORD}
    pairs = (
        _PAIR.format(name=name, extension=extension, protocol=protocol, directory=directory, url=url, **login)
        for name, extension, protocol, _tag in _COLLECTIONS
    )
    (directory / "vdirsyncer.conf").write_text(_CLIENT.format(directory=directory) + "".join(pairs))


def _change_remotely(directory: Path, url: str, changes: int) -> None:
    """Give other summaries to some events, over HTTP as another client would."""
    login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    for file in sorted(_server_files(directory, "calendar").glob("*.ics"))[:changes]:
        request = urllib.request.Request(
            f"{url}/{USER}/calendar/{file.name}",
            method="PUT",
            data=_changed(file, changes).encode(),
            headers={"Authorization": f"Basic {login}", "Content-Type": "text/calendar"},
        )
        with urllib.request.urlopen(request) as answer:
            answer.read()


def _change_locally(directory: Path, changes: int) -> None:
    """Give other summaries to as many other events of the replica; its files have the names of the server's."""
    for file in sorted((directory / "replica" / "calendar").glob("*.ics"))[changes : 2 * changes]:
        file.write_text(_changed(file, changes), newline="")


def _changed(file: Path, changes: int) -> str:
    return file.read_bytes().decode().replace("SUMMARY:", f"SUMMARY:{_title(changes)}")


def _title(changes: int) -> str:
    """What all summaries begin with that were changed together."""
    return f"Changed with {changes} - "


def _check_agreement(directory: Path, changes: int) -> None:
    for side in (_server_files(directory, "calendar"), directory / "replica" / "calendar"):
        changed = sum(1 for file in side.glob("*.ics") if f"SUMMARY:{_title(changes)}" in file.read_text())
        if changed != 2 * changes:
            raise Failed(f"{changed} of {2 * changes} changes arrived in {side}.")


def _server_files(directory: Path, name: str) -> Path:
    return directory / "server" / "collection-root" / USER / name
