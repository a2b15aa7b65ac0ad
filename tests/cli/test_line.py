"""The way to the server: certificates that the user trusts, proxies, and who learns which password."""

from __future__ import annotations

import os
import pty
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from passerelle.model.errors import Contradiction, Invalid, Misconfigured, Missing, NotFound, Unauthenticated
from passerelle.peers.line.certificates import spelled
from passerelle.sync.accounts.secrets_in_file import FileSecrets
from tests.cli.conftest import ANNA, Command
from tests.cli.connector import Person, mapping, part
from tests.peers.line.scene import proxy
from tests.support.certificates import Made
from tests.support.commands import PROGRAM, Server

PROXY_PASSWORD = "the proxy's own secret"
OTHER = "ab" * 32
"""“:AB:” and “:CD:” are names of pictures to who lays out text."""


class Office(NamedTuple):
    """A server over TLS whose certificate vouches for itself."""

    url: str
    certificate: Made
    ca_file: Path


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    directory = tmp_path_factory.mktemp("office")
    made = Made("127.0.0.1")
    certificate, key = made.write(directory, "server")
    options = ("--certificate", str(certificate), "--key", str(key))
    server = Server(directory, zone="Europe/Berlin", options=options)
    server.add_user(ANNA)
    with server:
        yield Office(server.url.replace("http:", "https:"), made, certificate)


@pytest.fixture
def person(command: Command, tmp_path: Path) -> Person:
    return Person(command, tmp_path / "connector")


def add(person: Person, office: Office, *words: str | Path, passwords: tuple[str, ...] = ()) -> tuple[int, str]:
    line = ("account", "add", office.url, "--login", ANNA.login, "--password-stdin", *words)
    outcome = person.types(*line, stdin="\n".join((ANNA.password, *passwords, "")))
    return outcome.code, outcome.out + outcome.err


def kept(person: Person) -> bytes:
    """All that lies in the directory of accounts."""
    return b"".join(path.read_bytes() for path in person.data.rglob("*") if path.is_file())


def test_a_server_that_nobody_vouches_for_is_shown_and_not_added(person: Person, office: Office) -> None:
    code, said = add(person, office)
    assert code == Misconfigured.exit_code
    assert spelled(office.certificate.fingerprint) in said
    assert "CN=127.0.0.1" in said
    assert "--trust-fingerprint" in said
    assert person.types("account", "list", "--json").json() == []
    assert b"secret" not in kept(person)


def test_by_its_fingerprint_or_its_authority_a_server_is_added_and_synchronised(person: Person, office: Office) -> None:
    pinned = spelled(office.certificate.fingerprint)
    assert add(person, office, "--name", "pinned", "--trust-fingerprint", pinned)[0] == 0
    assert add(person, office, "--name", "vouched", "--ca-file", office.ca_file)[0] == 0
    person.does("sync")


def test_at_a_terminal_the_user_is_asked_whether_to_trust(person: Person, office: Office) -> None:
    assert at_terminal(person, office, "n") == Misconfigured.exit_code
    assert person.types("account", "list", "--json").json() == []
    assert at_terminal(person, office, "y") == 0
    (account,) = mapping_list(person)
    assert part(account, "line")["fingerprint"] == office.certificate.fingerprint


def mapping_list(person: Person) -> list[dict[str, object]]:
    found = person.types("account", "list", "--json").json()
    assert isinstance(found, list)
    return found


def at_terminal(person: Person, office: Office, answer: str) -> int:
    """Type password and answer when they are asked for; the exit code."""
    ours, theirs = pty.openpty()
    command = [str(PROGRAM), "account", "add", office.url, "--login", ANNA.login, "--data", str(person.data)]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        for prompt, reply in ((b": ", ANNA.password), (b"[y/N] ", answer)):
            heard = b""
            while not heard.endswith(prompt):
                heard += os.read(ours, 1)
            os.write(ours, reply.encode() + b"\n")
        code = process.wait(timeout=60)
    os.close(ours)
    return code


def test_a_certificate_that_changed_stops_everything_until_the_new_one_is_trusted(
    person: Person, office: Office
) -> None:
    add(person, office, "--name", "office", "--trust-fingerprint", office.certificate.fingerprint)
    person.does("sync")
    person.adds("task", "Call the plumber")
    person.does("account", "set", "office", "--trust-fingerprint", OTHER)
    for words in (("sync",), ("account", "trust", "office")):
        outcome = person.types(*words)
        assert outcome.code == Misconfigured.exit_code
        assert spelled(OTHER) in outcome.err
        assert spelled(office.certificate.fingerprint) in outcome.err
    assert person.types("account", "trust", "office", "--fingerprint", "0b" * 32).code == Misconfigured.exit_code
    shown = person.types("account", "trust", "office", "--json")
    assert shown.code == Misconfigured.exit_code
    found = shown.json()
    assert isinstance(found, dict)
    assert (found["trusted"], found["vouched_for"]) == (False, False)
    fingerprint = str(part(found, "certificate")["fingerprint"])
    person.does("account", "trust", "office", "--fingerprint", fingerprint)
    assert mapping(person.types("account", "trust", "office", "--json"))["trusted"] is True
    person.does("sync")
    assert "To be sent" in person.does("status")


def test_what_an_authority_vouches_for_needs_no_trust_of_the_users(person: Person, office: Office) -> None:
    add(person, office, "--name", "office", "--ca-file", office.ca_file)
    person.does("account", "set", "office", "--trust-fingerprint", OTHER)
    assert "authority vouches" in person.does("account", "trust", "office")
    person.does("sync")
    person.does("account", "set", "office", "--ca-file", "none")
    assert person.types("sync").code == Misconfigured.exit_code


def test_a_proxys_password_is_kept_with_the_secrets_and_goes_with_the_proxy(person: Person, office: Office) -> None:
    with proxy(f"desk:{PROXY_PASSWORD}") as (way, told):
        named = way.replace("://", "://desk@")
        words = ("--trust-fingerprint", office.certificate.fingerprint, "--proxy", named, "--proxy-password-stdin")
        code, said = add(person, office, "--name", "office", *words, passwords=(PROXY_PASSWORD,))
        assert code == 0, said
        person.does("sync")
        assert len(told.lines) >= 2
        assert set(told.logins) == {f"desk:{PROXY_PASSWORD}"}
        assert PROXY_PASSWORD.encode() not in kept(person)
        assert ANNA.password.encode() not in kept(person)
        assert PROXY_PASSWORD not in person.does("account", "list", "--json")
        person.does("account", "set", "office", "--proxy", named, "--proxy-password-stdin", stdin="wrong\n")
        outcome = person.types("sync")
        assert outcome.code == Unauthenticated.exit_code
        assert "proxy" in outcome.err
        person.does("account", "set", "office", "--proxy", "none")
    assert FileSecrets(person.data).get(f"proxy {named}") is None
    person.does("sync")
    person.does("account", "remove", "office")
    assert FileSecrets(person.data).get(f"{ANNA.login} at {office.url}") is None


def test_two_accounts_of_one_login_do_not_take_each_others_password_along(person: Person, office: Office) -> None:
    for name in ("one", "two"):
        add(person, office, "--name", name, "--ca-file", office.ca_file)
    person.does("account", "remove", "two")
    person.does("sync")


def test_a_client_certificates_password_is_asked_for_only_if_there_is_one(
    person: Person, office: Office, tmp_path: Path
) -> None:
    made = Made("anna")
    add(person, office, "--name", "office", "--ca-file", office.ca_file)
    words = ("account", "set", "office", "--client-certificate")
    open_one = made.write(tmp_path, "open")
    person.does(*words, open_one[0], "--client-key", open_one[1])
    locked = made.write_pkcs12(tmp_path / "me.p12", "key secret")
    refused = person.types(*words, locked)
    assert refused.code == Misconfigured.exit_code
    assert "--client-password-stdin" in refused.err
    assert person.types(*words, locked, "--client-password-stdin", stdin="no\n").code == Misconfigured.exit_code
    person.does(*words, locked, "--client-password-stdin", stdin="key secret\n")
    assert b"key secret" not in kept(person)
    person.does("sync")
    person.does(*words, "none")
    assert FileSecrets(person.data).get(f"client certificate {locked}") is None


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((), Missing.exit_code, "nothing to set"),
        (("--proxy", "socks5://x:1"), Misconfigured.exit_code, "SOCKS"),
        (("--proxy", "http://desk:hush@x:1"), Misconfigured.exit_code, "seen by others"),
        (("--proxy", "http://desk@x:1"), Misconfigured.exit_code, "--proxy-password-stdin"),
        (("--trust-fingerprint", "12"), Invalid.exit_code, "64"),
        (("--ca-file", "/nowhere.pem"), Misconfigured.exit_code, "/nowhere.pem"),
        (("--client-certificate", "/nowhere.pem"), Misconfigured.exit_code, "/nowhere.pem"),
    ],
)
def test_what_cannot_be_is_refused_with_a_reason_and_changes_nothing(
    person: Person, office: Office, words: tuple[str, ...], code: int, said: str
) -> None:
    assert add(person, office, "--name", "office", "--ca-file", office.ca_file)[0] in {0, Contradiction.exit_code}
    before = mapping_list(person)
    outcome = person.types("account", "set", "office", *words)
    assert outcome.code == code
    assert said in outcome.err
    assert "hush" not in outcome.err
    assert mapping_list(person) == before


def test_an_account_that_does_not_exist_is_named(person: Person) -> None:
    for words in (("set", "nobody", "--proxy", "none"), ("trust", "nobody")):
        assert person.types("account", *words).code == NotFound.exit_code
