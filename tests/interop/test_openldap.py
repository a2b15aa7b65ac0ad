"""Users out of a real OpenLDAP: Debian's slapd on a free port of this machine, its data in a temporary directory."""

from __future__ import annotations

import ipaddress
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from passerelle.model.errors import Misconfigured, NotFound, Unauthenticated, Unreachable, Unsafe
from passerelle.model.principals import User
from tests.cli.conftest import Command, Outcome, command
from tests.support.waiting import eventually

__all__ = ["command"]

SLAPD = shutil.which("slapd", path="/usr/sbin:/usr/bin")
SCHEMA = Path("/etc/ldap/schema")
MODULES = Path("/usr/lib/ldap")
ROOT, SECRET = "cn=admin,dc=example,dc=org", "directory secret"
PEOPLE = "ou=people,dc=example,dc=org"
MANY = 520

CONFIGURATION = """
include {schema}/core.schema
include {schema}/cosine.schema
include {schema}/nis.schema
include {schema}/inetorgperson.schema
modulepath {modules}
moduleload back_mdb
pidfile {home}/slapd.pid
TLSCertificateFile {home}/server.pem
TLSCertificateKeyFile {home}/server.key
sizelimit size.soft=100 size.hard=100 size.prtotal=unlimited
database mdb
suffix dc=example,dc=org
rootdn {root}
rootpw {secret}
directory {home}/db
"""
HEAD = """dn: dc=example,dc=org
objectClass: domain
dc: example

dn: ou=people,dc=example,dc=org
objectClass: organizationalUnit
ou: people

dn: ou=many,dc=example,dc=org
objectClass: organizationalUnit
ou: many

dn: ou=groups,dc=example,dc=org
objectClass: organizationalUnit
ou: groups

dn: uid=lea,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: lea
cn: Lea Dupont
sn: Dupont
givenName:: TMOpYQ==
displayName:: TMOpYSBEdXBvbnQ=
mail: lea@example.org
preferredLanguage: fr-FR

dn: uid=max,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
uid: max
cn: Max Maier
sn: Maier
mail: max@example.org

dn: cn=broken,ou=people,dc=example,dc=org
objectClass: inetOrgPerson
cn: broken
sn: Broken

dn: cn=Sales,ou=groups,dc=example,dc=org
objectClass: groupOfNames
cn: Sales
member: UID=lea, ou=People,dc=example,dc=org
member: uid=max,ou=people,dc=example,dc=org

dn: cn=unix,ou=groups,dc=example,dc=org
objectClass: posixGroup
cn: unix
gidNumber: 100
memberUid: max
"""


class Directory(NamedTuple):
    """A running slapd: its addresses, and the certificate that it shows."""

    plain: str
    secure: str
    certificate: Path


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    if SLAPD is None or shutil.which("ldapmodify") is None:
        pytest.skip("OpenLDAP is not installed (Debian packages slapd and ldap-utils)")
    home = tmp_path / "ldap"
    (home / "db").mkdir(parents=True)
    certify(home)
    text = CONFIGURATION.format(schema=SCHEMA, modules=MODULES, home=home, root=ROOT, secret=f'"{SECRET}"')
    (home / "slapd.conf").write_text(text)
    many = "".join(
        f"\ndn: uid=u{n},ou=many,dc=example,dc=org\nobjectClass: inetOrgPerson\nuid: u{n}\ncn: User {n}\nsn: {n}\n"
        for n in range(MANY)
    )
    (home / "all.ldif").write_text(HEAD + many)
    words = [SLAPD, "-T", "add", "-q", "-f", str(home / "slapd.conf"), "-l", str(home / "all.ldif")]
    subprocess.run(words, check=True, capture_output=True)
    yield from serve(home)


def serve(home: Path) -> Iterator[Directory]:
    """Start slapd; a port that somebody takes in between makes it end at once, and another one is tried."""
    for _attempt in range(5):
        plain, secure = free_port(), free_port()
        addresses = f"ldap://127.0.0.1:{plain} ldaps://127.0.0.1:{secure}"
        with (home / "slapd.log").open("wb") as log:
            process = subprocess.Popen(
                [str(SLAPD), "-f", str(home / "slapd.conf"), "-h", addresses, "-d", "0"], stdout=log, stderr=log
            )
        eventually(partial(_settled, process, plain), "slapd answers, or ends")
        if process.poll() is None:
            try:
                yield Directory(f"ldap://127.0.0.1:{plain}", f"ldaps://127.0.0.1:{secure}", home / "server.pem")
            finally:
                process.terminate()
                process.wait(timeout=20)
            return
    pytest.fail(f"slapd does not start: {(home / 'slapd.log').read_text()}")


def edit(directory: Directory, *changes: str) -> None:
    """Change entries with OpenLDAP's own tool (Debian package ldap-utils)."""
    words = ["ldapmodify", "-x", "-H", directory.plain, "-D", ROOT, "-w", SECRET]
    subprocess.run(words, input="\n".join(changes), text=True, check=True, capture_output=True)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def _settled(process: subprocess.Popen[bytes], port: int) -> bool:
    return answers(port) or process.poll() is not None


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def certify(home: Path) -> None:
    """A certificate for this machine's loopback address, which is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    address = x509.SubjectAlternativeName(
        [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("127.0.0.1")]
    )
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (home / "server.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (home / "server.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


class Office:
    """A server without users, which follows the directory."""

    def __init__(self, command: Command, data: Path, directory: Directory) -> None:
        self._command, self._data, self._directory = command, data, directory
        assert command("server", "init", "--data", data).code == 0

    def follow(self, *options: str, url: str = "", base: str = PEOPLE, stdin: str = "") -> Outcome:
        words = ("--base", base, "--group-base", "ou=groups,dc=example,dc=org", *options)
        url = url or self._directory.plain
        return self._command("server", "user", "import-ldap", url, *words, "--data", self._data, stdin=stdin)

    def report(self, *options: str, base: str = PEOPLE) -> dict[str, str]:
        """What was done, by login."""
        outcomes = msgspec.json.decode(self.follow("--json", *options, base=base).out, type=list[dict[str, object]])
        return {str(one["login"]): str(one["deed"]) for one in outcomes}

    def users(self) -> dict[str, User]:
        """All users, by login."""
        text = self._command("server", "user", "list", "--json", "--data", self._data).out
        return {user.login: user for user in msgspec.json.decode(text, type=list[User])}

    def members(self, group: str) -> list[str]:
        """The logins in a group."""
        text = self._command("server", "group", "show", group, "--json", "--data", self._data).out
        return sorted(msgspec.json.decode(text, type=_Shown).members)


class _Shown(msgspec.Struct):
    members: list[str]


@pytest.fixture
def office(command: Command, tmp_path: Path, directory: Directory) -> Office:
    return Office(command, tmp_path / "office", directory)


def test_users_and_groups_come_and_a_second_run_changes_nothing(office: Office) -> None:
    assert office.report() == {"lea": "added", "max": "added", "": "refused"}
    lea = office.users()["lea"]
    said = (lea.display_name, lea.first_name, lea.last_name, lea.email, lea.locale)
    assert said == ("Léa Dupont", "Léa", "Dupont", "lea@example.org", "fr_FR")
    assert office.users()["max"].display_name == "Max Maier"
    assert (office.members("Sales"), office.members("unix")) == (["lea", "max"], ["max"])
    before = office.users()
    assert office.report() == {"lea": "unchanged", "max": "unchanged", "": "refused"}
    assert office.users() == before


def test_what_changes_in_the_directory_changes_here(office: Office, directory: Directory) -> None:
    office.report()
    edit(
        directory,
        "dn: uid=lea,ou=people,dc=example,dc=org\nchangetype: modify\nreplace: sn\nsn: Martin\n",
        "dn: cn=Sales,ou=groups,dc=example,dc=org\nchangetype: modify\ndelete: member\n"
        "member: uid=lea,ou=people,dc=example,dc=org\n",
    )
    assert office.report("--dry-run")["lea"] == "changed"
    assert office.users()["lea"].last_name == "Dupont", "a dry run changes nothing"
    assert office.report()["lea"] == "changed"
    assert office.users()["lea"].last_name == "Martin"
    assert office.members("Sales") == ["max"]


def test_who_is_gone_is_reported_and_disabled_if_asked_for(office: Office, directory: Directory) -> None:
    office.report()
    edit(directory, "dn: uid=max,ou=people,dc=example,dc=org\nchangetype: delete\n")
    told = office.follow()
    assert "max is not in the directory." in told.out
    assert not office.users()["max"].disabled
    office.follow("--disable-missing")
    assert office.users()["max"].disabled
    assert not office.users()["lea"].disabled


def test_a_search_that_finds_nobody_locks_nobody_out(office: Office) -> None:
    office.report()
    outcome = office.follow("--disable-missing", "--filter", "(uid=nobody)")
    assert outcome.code == Unsafe.exit_code
    assert not office.users()["lea"].disabled


def test_more_users_than_the_directory_gives_at_once_come_in_pages(office: Office) -> None:
    assert len(office.report("--dry-run", base="ou=many,dc=example,dc=org")) == MANY


def test_connections_are_encrypted_and_the_certificate_is_checked(office: Office, directory: Directory) -> None:
    trusted = ("--certificates", str(directory.certificate), "--dry-run")
    for url, more in ((directory.secure, ()), (directory.plain, ("--start-tls",))):
        done = office.follow(*trusted, *more, url=url)
        assert "2 added" in done.out
        strange = office.follow("--dry-run", *more, url=url)
        assert strange.code == Unreachable.exit_code


def test_who_binds_gives_the_password(office: Office) -> None:
    bound = ("--bind-dn", ROOT, "--password-stdin", "--dry-run")
    assert "2 added" in office.follow(*bound, stdin=f"{SECRET}\n").out
    wrong = office.follow(*bound, stdin="wrong\n")
    assert wrong.code == Unauthenticated.exit_code
    assert SECRET not in wrong.err


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--base", "dc=nowhere"), NotFound.exit_code),
        (("--filter", "((("), 3),
        (("--base", "no name"), 3),
    ],
)
def test_mistakes_are_told(
    command: Command, tmp_path: Path, directory: Directory, options: tuple[str, ...], code: int
) -> None:
    command("server", "init", "--data", tmp_path / "office")
    base = () if "--base" in options else ("--base", "dc=example,dc=org")
    outcome = command("server", "user", "import-ldap", directory.plain, *base, *options, "--data", tmp_path / "office")
    assert outcome.code == code
    assert "Traceback" not in outcome.err


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ldap://192.0.2.1", Misconfigured.exit_code),
        ("https://127.0.0.1", Misconfigured.exit_code),
        ("ldap://127.0.0.1:x", Misconfigured.exit_code),
        ("ldap://127.0.0.1:1", Unreachable.exit_code),
    ],
)
def test_no_password_goes_over_the_network_in_the_clear(command: Command, tmp_path: Path, url: str, code: int) -> None:
    command("server", "init", "--data", tmp_path / "office")
    outcome = command("server", "user", "import-ldap", url, "--base", "dc=x", "--data", tmp_path / "office")
    assert outcome.code == code
