"""Accounts of the real server: added, refused and removed, and servers that are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from passerelle.model.errors import Misconfigured, Unauthenticated, Unreachable
from passerelle.sync.accounts.registry import Accounts
from passerelle.sync.accounts.secrets_in_file import FileSecrets
from tests.sync.real_server import PASSWORD, RealServer


def test_a_wrong_password_is_told_as_such(server: RealServer) -> None:
    with pytest.raises(Unauthenticated):
        server.connect("anton", "wrong").identify()


def test_a_server_without_the_interface_is_told_as_such(server: RealServer) -> None:
    peer = server.connect("anton")
    elsewhere = type(peer)(type(peer._connection)(f"{server.url}/elsewhere", "anton", PASSWORD))
    with pytest.raises(Misconfigured, match="no OX"):
        elsewhere.identify()
    elsewhere.close()
    peer.close()


def test_nobody_listening_is_unreachable(server: RealServer) -> None:
    peer = type(server.connect("anton"))(type(server.connect("anton")._connection)("http://127.0.0.1:1", "a", "b"))
    with pytest.raises(Unreachable):
        peer.identify()


def test_an_account_is_added_synchronised_and_removed(server: RealServer, tmp_path: Path) -> None:
    data = tmp_path / "data"
    accounts = Accounts(data, FileSecrets(data))
    added = accounts.add(server.url, "anton", PASSWORD)
    again = Accounts(data, FileSecrets(data))
    assert again.all() == (added,)
    account = again.get()
    peer, replica = again.connect(account), again.replica(account)
    assert replica.cycle(peer).folder_changes > 0
    assert replica.status().last is not None
    peer.close()
    replica.close()
    for name in ("secrets", "secrets.key"):
        assert (data / name).stat().st_mode & 0o777 == 0o600
    assert PASSWORD.encode() not in (data / "secrets").read_bytes()
    again.remove(account.name)
    assert again.all() == ()
    assert not (data / account.directory).exists()


def test_an_account_with_a_wrong_password_is_not_added(server: RealServer, tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "data", FileSecrets(tmp_path / "data"))
    with pytest.raises(Unauthenticated):
        accounts.add(server.url, "anton", "wrong")
    assert accounts.all() == ()
