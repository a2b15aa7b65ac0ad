"""A guesser is slowed down, and nobody else is."""

from __future__ import annotations

from passerelle.server.throttle import (
    FAILURES_PER_ACCOUNT_AND_ADDRESS,
    FAILURES_PER_ADDRESS,
    WINDOW_S,
    Throttle,
)


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def fail_often(throttle: Throttle, account: str, address: str, times: int) -> None:
    for _ in range(times):
        throttle.failed(account, address)


def test_a_few_mistyped_passwords_cost_nothing() -> None:
    throttle = Throttle(Clock())
    fail_often(throttle, "anna", "192.0.2.1", FAILURES_PER_ACCOUNT_AND_ADDRESS - 1)
    assert throttle.wait_s("anna", "192.0.2.1") == 0


def test_a_guesser_waits_until_the_oldest_guess_is_forgotten() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    fail_often(throttle, "anna", "192.0.2.1", FAILURES_PER_ACCOUNT_AND_ADDRESS)
    assert 0 < throttle.wait_s("anna", "192.0.2.1") <= WINDOW_S + 1
    clock.now = WINDOW_S + 1
    assert throttle.wait_s("anna", "192.0.2.1") == 0


def test_a_guesser_elsewhere_does_not_lock_the_owner_out() -> None:
    throttle = Throttle(Clock())
    fail_often(throttle, "anna", "192.0.2.1", 10 * FAILURES_PER_ADDRESS)
    assert throttle.wait_s("anna", "198.51.100.7") == 0


def test_guessing_many_accounts_from_one_address_is_slowed_too() -> None:
    throttle = Throttle(Clock())
    for number in range(FAILURES_PER_ADDRESS):
        throttle.failed(f"user{number}", "192.0.2.1")
    assert throttle.wait_s("somebody-else", "192.0.2.1") > 0


def test_a_success_forgets_the_mistakes_of_that_account() -> None:
    throttle = Throttle(Clock())
    fail_often(throttle, "anna", "192.0.2.1", FAILURES_PER_ACCOUNT_AND_ADDRESS)
    throttle.succeeded("anna", "192.0.2.1")
    assert throttle.wait_s("anna", "192.0.2.1") == 0
