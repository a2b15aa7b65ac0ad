"""Who gets a password: the server that an authority or the user vouches for, and nobody else."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from passerelle.model.errors import Invalid, Misconfigured, Unreachable
from passerelle.peers.line.address import check_address
from passerelle.peers.line.certificates import Untrusted, fingerprint_of, read_certificate, spelled
from passerelle.peers.line.settings import Line, LineSecrets
from passerelle.peers.line.transport import seen_certificate
from tests.peers.line.scene import ANSWER, ask, https_server
from tests.support.certificates import DAY, HERE, Made

AUTHORITY = Made("Office CA", is_authority=True)


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    return str(AUTHORITY.write(tmp_path, "authority")[0])


def test_a_server_whose_authority_is_in_the_file_is_trusted(tmp_path: Path, ca_file: str) -> None:
    with https_server(Made("127.0.0.1", issuer=AUTHORITY), tmp_path) as (url, heard):
        assert ask(url, Line(ca_file=ca_file)) == ANSWER
    assert "authorization" in heard.requests[0]


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: Made("self"), "vouched for by nobody but itself"),
        (lambda: Made("unknown", issuer=Made("Somebody", is_authority=True)), "an authority that this machine"),
        (lambda: Made("old", issuer=AUTHORITY, valid=(-2 * DAY, -DAY)), "has expired"),
        (lambda: Made("early", issuer=AUTHORITY, valid=(DAY, 2 * DAY)), "not valid yet"),
        (lambda: Made("other", ["ox.example.org"], AUTHORITY), "that of another server"),
    ],
    ids=["self-signed", "unknown authority", "expired", "not yet valid", "wrong host"],
)
def test_any_other_certificate_is_shown_with_the_reason_and_gets_no_password(
    tmp_path: Path, ca_file: str, make: Callable[[], Made], reason: str
) -> None:
    made = make()
    with https_server(made, tmp_path) as (url, heard), pytest.raises(Untrusted, match=reason) as caught:
        ask(url, Line(ca_file=ca_file))
    assert heard.requests == []
    assert spelled(made.fingerprint) in str(caught.value)
    shown = caught.value.certificate
    assert shown.fingerprint == made.fingerprint
    assert shown.subject == made.certificate.subject.rfc4514_string()
    assert shown.until == made.certificate.not_valid_after_utc


@pytest.mark.parametrize(
    "make",
    [
        lambda: Made("self"),
        lambda: Made("old", valid=(-2 * DAY, -timedelta(hours=1))),
        lambda: Made("other", ["ox.example.org"]),
    ],
    ids=["self-signed", "expired", "wrong host"],
)
def test_a_certificate_that_the_user_trusts_is_taken_whatever_it_says(tmp_path: Path, make: Callable[[], Made]) -> None:
    made = make()
    with https_server(made, tmp_path) as (url, _):
        assert ask(url, Line(fingerprint=made.fingerprint)) == ANSWER


def test_a_man_in_the_middle_with_the_same_name_gets_no_password(tmp_path: Path) -> None:
    trusted, false = Made("ox"), Made("ox")
    with https_server(false, tmp_path) as (url, heard), pytest.raises(Untrusted) as caught:
        ask(url, Line(fingerprint=trusted.fingerprint))
    assert heard.greeted == 1
    assert heard.requests == []
    assert spelled(trusted.fingerprint) in str(caught.value)
    assert spelled(false.fingerprint) in str(caught.value)


def test_a_trusted_certificate_is_not_replaced_by_one_that_an_authority_vouches_for(
    tmp_path: Path, ca_file: str
) -> None:
    good = Made("127.0.0.1", issuer=AUTHORITY)
    with https_server(good, tmp_path) as (url, heard), pytest.raises(Untrusted):
        ask(url, Line(ca_file=ca_file, fingerprint=Made("first").fingerprint))
    assert heard.requests == []


def test_to_look_at_a_certificate_sends_nothing(tmp_path: Path) -> None:
    made = Made("self")
    with https_server(made, tmp_path) as (url, heard):
        assert seen_certificate(check_address(url), Line()).fingerprint == made.fingerprint
    assert heard.requests == []


def test_a_server_without_encryption_has_no_certificate(tmp_path: Path) -> None:
    with https_server(None, tmp_path) as (url, _), pytest.raises(Misconfigured, match="not encrypted"):
        seen_certificate(check_address(url), Line())


def test_a_server_that_speaks_no_tls_is_named_so(tmp_path: Path) -> None:
    with https_server(None, tmp_path) as (url, _), pytest.raises(Misconfigured, match="does not speak TLS"):
        ask(url.replace("http:", "https:"))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1:DeprecationWarning")
def test_versions_of_tls_below_1_2_are_refused(tmp_path: Path) -> None:
    made = Made("self")
    with (
        https_server(made, tmp_path, newest=ssl.TLSVersion.TLSv1_1) as (url, heard),
        pytest.raises(Misconfigured, match=r"1\.2"),
    ):
        ask(url, Line(fingerprint=made.fingerprint))
    assert heard.requests == []


def test_a_file_without_authorities_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.pem", tmp_path / "empty.pem"):
        if path.stem == "empty":
            path.write_text("no certificate")
        with pytest.raises(Misconfigured, match=path.name):
            ask("https://127.0.0.1:1", Line(ca_file=str(path)))


# --- who we are ---


@pytest.fixture
def mutual(tmp_path: Path) -> tuple[Made, Path]:
    """A server's certificate, and the file of the authority that vouches for its clients."""
    return Made("127.0.0.1", HERE), AUTHORITY.write(tmp_path, "clients")[0]


def test_a_client_certificate_opens_the_door_in_every_form(tmp_path: Path, mutual: tuple[Made, Path]) -> None:
    server, authority = mutual
    me = Made("anton", (), AUTHORITY)
    clear = me.write(tmp_path, "clear")
    locked = me.write(tmp_path, "locked", "key secret")
    both = tmp_path / "both.pem"
    both.write_bytes(clear[0].read_bytes() + clear[1].read_bytes())
    forms = [
        (clear[0], clear[1], None),
        (locked[0], locked[1], "key secret"),
        (both, None, None),
        (me.write_pkcs12(tmp_path / "me.p12", "key secret"), None, "key secret"),
        (me.write_pkcs12(tmp_path / "open.pfx"), None, None),
    ]
    before = set(tmp_path.iterdir())
    with https_server(server, tmp_path, client_authority=authority) as (url, _):
        for certificate, key, password in forms:
            line = Line(
                fingerprint=server.fingerprint,
                client_certificate=str(certificate),
                client_key=None if key is None else str(key),
            )
            assert ask(url, line, LineSecrets(client_key=password)) == ANSWER
    assert {path for path in set(tmp_path.iterdir()) - before if "server-" not in path.name} == set()


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_who_shows_no_certificate_or_a_false_one_is_told_to_set_it(
    tmp_path: Path, mutual: tuple[Made, Path], newest: ssl.TLSVersion
) -> None:
    server, authority = mutual
    certificate, key = Made("anton").write(tmp_path, "false")
    with https_server(server, tmp_path, client_authority=authority, newest=newest) as (url, heard):
        for line in (
            Line(fingerprint=server.fingerprint),
            Line(fingerprint=server.fingerprint, client_certificate=str(certificate), client_key=str(key)),
        ):
            with pytest.raises((Misconfigured, Unreachable)) as caught:
                ask(url, line)
            assert "--client-certificate" in str(caught.value)
    assert heard.requests == []


def test_a_client_certificate_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    certificate, key = Made("anton").write(tmp_path, "locked", "key secret")
    p12 = Made("anton").write_pkcs12(tmp_path / "me.p12", "key secret")
    for line in (
        Line(client_certificate=str(certificate), client_key=str(key)),
        Line(client_certificate=str(p12)),
        Line(client_certificate=str(tmp_path / "absent.pem")),
    ):
        with pytest.raises(Misconfigured, match="cannot be used"):
            ask("https://127.0.0.1:1", line, LineSecrets(client_key="wrong"))


# --- fingerprints as people write them ---


@pytest.mark.parametrize(
    "form", ["{plain}", "{spelled}", "SHA256:{plain}", "sha256 Fingerprint={spelled}", " {upper} "]
)
def test_a_fingerprint_is_understood_as_programs_show_it(form: str) -> None:
    plain = "0a" * 32
    assert fingerprint_of(form.format(plain=plain, upper=plain.upper(), spelled=spelled(plain))) == plain


@pytest.mark.parametrize("text", ["", "0a" * 20, "xy" * 32, "0a" * 33])
def test_what_is_no_sha256_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="SHA-256"):
        fingerprint_of(text)


def test_a_certificate_that_cannot_be_read_still_has_a_fingerprint() -> None:
    assert read_certificate(b"nonsense").fingerprint in str(read_certificate(b"nonsense").described).replace(
        ":", ""
    ).lower().replace(" ", "")


def test_what_a_stranger_wrote_into_a_certificate_moves_no_cursor() -> None:
    made = Made("\x1b[2Jox\nTrust me")
    shown = read_certificate(made.certificate.public_bytes(Encoding.DER))
    assert shown.subject.isprintable()


def test_a_certificate_for_very_many_hosts_does_not_fill_the_screen() -> None:
    made = Made("many", [f"host{number}.example.org" for number in range(500)])
    shown = read_certificate(made.certificate.public_bytes(Encoding.DER))
    assert len(shown.names) == 500
    assert len(str(shown.described)) < 1000


def test_certificates_are_not_asked_for_where_there_can_be_none(tmp_path: Path) -> None:
    with https_server(None, tmp_path) as (url, heard):
        for line in (Line(fingerprint="0a" * 32), Line(client_certificate="me.pem")):
            with pytest.raises(Misconfigured, match="not encrypted"):
                ask(url, line)
    assert heard.requests == []
