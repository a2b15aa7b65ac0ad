"""A browser is let in again with its key, for as long as the user wants and no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from passerelle.groupware import logins, provision
from passerelle.groupware.admin.removal import Fate, remove_user
from passerelle.groupware.admin.users import UserChange, change_user
from passerelle.groupware.logins import LONG, SHORT
from passerelle.server.upkeep import prune
from passerelle.store import Store
from tests.groupware.office import Office

NOW = datetime(2031, 5, 5, 8, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def begun(office: Office, login: str = "anna", *, stays: bool = False) -> str:
    return logins.begin(office.store, office.user(login).id, "Browser", stays=stays, now=NOW)


def is_in(office: Office, key: str, after: timedelta = SECOND) -> bool:
    return logins.visitor(office.store, key, NOW + after) is not None


def test_a_key_lets_in_the_user_whose_it_is_and_another_one_nobody(office: Office) -> None:
    key = begun(office)
    assert logins.visitor(office.store, key, NOW) == office.user("anna").id
    assert not is_in(office, key + "x")
    assert not is_in(office, "")
    assert not is_in(office, "\udcff")


def test_the_store_does_not_know_the_key(office: Office) -> None:
    key = begun(office)
    with office.store.reading() as tx:
        known = msgspec.json.encode(tx.logins.of_user(office.user("anna").id))
    assert key.encode() not in known


def test_who_does_not_come_for_long_is_let_in_no_more(office: Office) -> None:
    key = begun(office)
    assert is_in(office, key, SHORT - SECOND)
    assert is_in(office, key, 2 * SHORT - 2 * SECOND)
    assert not is_in(office, key, 3 * SHORT)


def test_who_stays_logged_in_may_stay_away_but_not_for_ever(office: Office) -> None:
    key = begun(office, stays=True)
    assert is_in(office, key, LONG - SECOND)
    assert not is_in(office, key, LONG)


def test_nobody_stays_for_ever_by_coming_often(office: Office) -> None:
    key = begun(office)
    visits = [is_in(office, key, n * (SHORT - SECOND)) for n in range(1, 70)]
    assert visits[:50] == [True] * 50
    assert not visits[-1]


def test_logging_out_ends_this_login_and_no_other(office: Office) -> None:
    key, other = begun(office), begun(office)
    logins.end(office.store, key)
    assert not is_in(office, key)
    assert is_in(office, other)


def test_a_new_password_ends_all_logins_of_its_user_alone(office: Office) -> None:
    keys, bruno = [begun(office), begun(office, stays=True)], begun(office, "bruno")
    provision.set_password(office.store, "anna", "another horse")
    assert not any(is_in(office, key) for key in keys)
    assert is_in(office, bruno)


def test_who_is_disabled_is_out_at_once(office: Office) -> None:
    key = begun(office)
    change_user(office.store, "anna", UserChange(disabled=True))
    assert not is_in(office, key)


def test_who_is_enabled_again_logs_in_anew(office: Office) -> None:
    key = begun(office)
    change_user(office.store, "anna", UserChange(disabled=True))
    change_user(office.store, "anna", UserChange(disabled=False))
    assert not is_in(office, key)


def test_a_backup_that_is_restored_lets_nobody_in(office: Office, tmp_path: Path) -> None:
    key = begun(office)
    office.store.back_up(tmp_path / "backup.zip")
    Store.restore(tmp_path / "restored", tmp_path / "backup.zip")
    with Store.open(tmp_path / "restored") as store:
        assert logins.visitor(store, key, NOW) is None


def test_who_is_removed_is_out(office: Office) -> None:
    key = begun(office)
    remove_user(office.store, "anna", Fate.DELETE)
    assert not is_in(office, key)


@pytest.mark.parametrize(("stays", "after"), [(False, SHORT), (True, LONG)])
def test_what_has_ended_is_forgotten(office: Office, after: timedelta, *, stays: bool) -> None:
    begun(office, stays=stays)
    prune(office.store, NOW + after - SECOND)
    with office.store.reading() as tx:
        assert len(tx.logins.of_user(office.user("anna").id)) == 1
    prune(office.store, NOW + after + 2 * SECOND)
    with office.store.reading() as tx:
        assert tx.logins.of_user(office.user("anna").id) == []
