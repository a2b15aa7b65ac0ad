"""The proxy on the way: of the account, of the environment, or none; and who learns which password."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from passerelle.model.errors import Misconfigured, Unauthenticated, Unreachable
from passerelle.peers.line.address import check_address
from passerelle.peers.line.certificates import Untrusted
from passerelle.peers.line.proxies import check_proxy, proxy_to
from passerelle.peers.line.settings import NO_PROXY, Line, LineSecrets, proxy_user
from passerelle.peers.line.transport import seen_certificate
from tests.peers.line.scene import ANSWER, PASSWORD, ask, https_server, proxy
from tests.support.certificates import Made

AUTHORITY = Made("Office CA", is_authority=True)
SERVER = Made("127.0.0.1", issuer=AUTHORITY)


@pytest.fixture
def ca_file(tmp_path: Path) -> str:
    return str(AUTHORITY.write(tmp_path, "authority")[0])


def with_user(url: str, user: str) -> str:
    return url.replace("://", f"://{user}@")


def test_a_tunnel_leads_to_the_server_and_the_proxy_reads_nothing(tmp_path: Path, ca_file: str) -> None:
    with https_server(SERVER, tmp_path) as (url, heard), proxy() as (way, told):
        assert ask(url, Line(proxy=way, ca_file=ca_file)) == ANSWER
    assert told.lines == [f"CONNECT {url.removeprefix('https://')} HTTP/1.1"]
    assert len(heard.requests) == 1
    assert b"Authorization" not in told.passed_on


def test_the_proxys_login_goes_to_the_proxy_and_the_servers_to_the_server(tmp_path: Path, ca_file: str) -> None:
    with https_server(SERVER, tmp_path) as (url, heard), proxy("désk:p@ss:word") as (way, told):
        line = Line(proxy=with_user(way, "d%C3%A9sk"), ca_file=ca_file)
        assert ask(url, line, LineSecrets(proxy="p@ss:word")) == ANSWER
    assert told.logins == ["désk:p@ss:word"]
    assert "proxy-authorization" not in heard.requests[0]


@pytest.mark.parametrize("password", [None, "wrong"])
def test_a_proxy_that_does_not_let_us_through_is_told_apart_from_the_server(
    tmp_path: Path, password: str | None
) -> None:
    with https_server(SERVER, tmp_path) as (url, heard), proxy("desk:secret") as (way, _):
        line = Line(proxy=way if password is None else with_user(way, "desk"), fingerprint=SERVER.fingerprint)
        with pytest.raises(Unauthenticated, match="proxy wants a name and a password"):
            ask(url, line, LineSecrets(proxy=password))
    assert heard.greeted == 0


def test_a_proxy_whose_password_is_not_known_is_not_asked() -> None:
    with pytest.raises(Misconfigured, match="account set NAME --proxy"):
        ask("https://127.0.0.1:1", Line(proxy="http://desk@127.0.0.1:1"))


def test_plain_requests_pass_the_proxy_with_its_login(tmp_path: Path) -> None:
    with https_server(None, tmp_path) as (url, heard), proxy("desk:secret") as (way, told):
        line = Line(proxy=with_user(way, "desk"))
        assert ask(url, line, LineSecrets(proxy="secret")) == ANSWER
        with pytest.raises(Unauthenticated, match="proxy"):
            ask(url, line, LineSecrets(proxy="wrong"))
    assert told.lines[0].startswith(f"PROPFIND {url}/servlet")
    assert len(heard.requests) == 1


def test_a_proxy_that_cannot_be_reached_or_reaches_nobody_is_waited_for() -> None:
    with pytest.raises(Unreachable):
        ask("https://127.0.0.1:1", Line(proxy="http://127.0.0.1:1"))
    with proxy() as (way, _), pytest.raises(Unreachable):
        ask("https://127.0.0.1:1", Line(proxy=way))


def test_a_trusted_certificate_is_compared_through_the_tunnel_and_a_proxy_in_the_middle_gets_no_password(
    tmp_path: Path,
) -> None:
    with https_server(SERVER, tmp_path) as (url, heard), proxy() as (way, told):
        assert seen_certificate(check_address(url), Line(proxy=way)).fingerprint == SERVER.fingerprint
        assert ask(url, Line(proxy=way, fingerprint=SERVER.fingerprint)) == ANSWER
        for line in (Line(proxy=way), Line(proxy=way, fingerprint=Made("other").fingerprint)):
            with pytest.raises(Untrusted) as caught:
                ask(url, line)
            assert caught.value.certificate.fingerprint == SERVER.fingerprint
    assert len(heard.requests) == 1
    assert len(told.lines) >= 4


def test_a_proxy_may_be_encrypted_itself_and_is_not_met_by_the_servers_fingerprint(
    tmp_path: Path, ca_file: str
) -> None:
    shown = Made("127.0.0.1", issuer=AUTHORITY)
    pinned = Made("server")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*shown.write(tmp_path, "proxy"))
    with https_server(pinned, tmp_path) as (url, _), proxy("desk:secret", context) as (way, told):
        line = Line(proxy=with_user(way, "desk"), ca_file=ca_file, fingerprint=pinned.fingerprint)
        assert ask(url, line, LineSecrets(proxy="secret")) == ANSWER
        told.logins.clear()
        with pytest.raises(Misconfigured, match="proxy's certificate is not trusted"):
            ask(url, Line(proxy=with_user(way, "desk"), fingerprint=shown.fingerprint), LineSecrets(proxy="secret"))
        assert told.logins == []


# --- which proxy ---


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


def way(server: str, setting: str = "system") -> tuple[str, tuple[str, str] | None] | None:
    found = proxy_to(check_address(server, allow_plain=True), setting, None)
    return None if found is None else (str(found.address).rstrip("/"), found.login)


def test_the_environment_names_the_proxy_with_its_login(environment: pytest.MonkeyPatch) -> None:
    assert way("https://ox.example.org") is None
    environment.setenv("HTTPS_PROXY", "http://desk:secret@proxy.example.org:3128")
    assert way("https://ox.example.org") == ("http://proxy.example.org:3128", ("desk", "secret"))
    assert way("http://ox.example.org") is None
    environment.setenv("ALL_PROXY", "proxy2.example.org:8080")
    assert way("http://ox.example.org") == ("http://proxy2.example.org:8080", None)
    assert way("https://ox.example.org", NO_PROXY) is None
    assert way("https://ox.example.org", "http://own.example.org:3128") == ("http://own.example.org:3128", None)


@pytest.mark.parametrize(
    "spared", ["*", "ox.example.org", ".example.org", "example.org", "other.org, ox.example.org", "10.0.0.0/8"]
)
def test_no_proxy_is_heeded(environment: pytest.MonkeyPatch, spared: str) -> None:
    server = "https://10.1.2.3" if "/" in spared else "https://ox.example.org"
    environment.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    assert way(server) is not None
    environment.setenv("NO_PROXY", spared)
    assert way(server) is None


def test_a_server_on_this_machine_is_reached_directly(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ALL_PROXY", "http://proxy.example.org:3128")
    assert way("http://127.0.0.1:8080") is None
    assert way("https://localhost:8443") is None


@pytest.mark.parametrize(
    ("typed", "kept", "user"),
    [
        ("proxy.example.org:3128", "http://proxy.example.org:3128", None),
        ("http://desk@proxy.example.org:3128/", "http://desk@proxy.example.org:3128", "desk"),
        ("https://proxy.example.org", "https://proxy.example.org", None),
        ("None", "none", None),
        ("system", "system", None),
    ],
)
def test_a_proxy_is_kept_in_one_form(typed: str, kept: str, user: str | None) -> None:
    assert check_proxy(typed) == kept
    assert proxy_user(kept) == user


@pytest.mark.parametrize("typed", ["http://desk:secret@proxy:3128", "socks5://proxy:1080", "", "http://", "ftp://x"])
def test_what_is_no_proxy_of_ours_is_refused_and_a_password_not_repeated(typed: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        check_proxy(typed)
    assert "secret" not in str(caught.value)


def test_a_proxys_password_shows_in_no_representation() -> None:
    server = check_address("https://ox.example.org")
    shown = repr(proxy_to(server, "http://desk@proxy:3128", PASSWORD)) + repr(LineSecrets(PASSWORD, PASSWORD))
    assert PASSWORD not in shown
