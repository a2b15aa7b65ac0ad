from __future__ import annotations

import pytest

from passerelle.groupware.credentials import Verified, hash_password, is_outdated, verify
from passerelle.model.errors import Invalid
from tests.conftest import PRODUCT_HASHER


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_password_belongs_to_its_hash_only() -> None:
    one = hash_password("naïve ☃")
    assert one.startswith("$argon2id$")
    assert verify(one, "naïve ☃")
    assert not verify(one, "naive ☃")
    assert not verify(None, "naïve ☃")
    assert not verify("no hash at all", "naïve ☃")
    assert not is_outdated(one)


def test_guessing_from_a_stolen_hash_costs_what_rfc_9106_asks_for() -> None:
    """Its second recommended option (section 4): 64 MiB, passed over three times."""
    one = PRODUCT_HASHER.hash("secret")
    assert one.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert verify(one, "secret")


@pytest.mark.parametrize("password", ["", "x" * 1025])
def test_empty_and_huge_passwords_are_never_hashed(password: str) -> None:
    assert not verify(hash_password("x"), password)
    with pytest.raises(Invalid):
        hash_password(password)


def test_what_was_verified_is_remembered_for_a_while() -> None:
    clock = Clock()
    memory = Verified(lifetime_s=10, clock=clock)
    assert not memory.knows("anna", "secret", "hash")
    memory.remember("anna", "secret", "hash")
    assert memory.knows("anna", "secret", "hash")
    clock.now = 10
    assert not memory.knows("anna", "secret", "hash")


def test_another_login_password_or_hash_is_not_what_was_verified() -> None:
    memory = Verified()
    memory.remember("anna", "secret", "hash")
    for other in (("bruno", "secret", "hash"), ("anna", "Secret", "hash"), ("anna", "secret", "new hash"),
                  ("annas", "ecret", "hash")):  # fmt: skip
        assert not memory.knows(*other)


def test_the_memory_is_bounded_and_forgets_the_oldest() -> None:
    memory = Verified(size=2)
    for login in ("a", "b", "c"):
        memory.remember(login, "p", "h")
    assert [memory.knows(login, "p", "h") for login in ("a", "b", "c")] == [False, True, True]


def test_the_memory_holds_no_password() -> None:
    memory = Verified()
    memory.remember("anna", "very secret", "hash")
    assert b"very secret" not in b"".join(memory._entries)
