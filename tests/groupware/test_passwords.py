from __future__ import annotations

import inspect
import re

import msgspec
import pytest
import zxcvbn.feedback
from hypothesis import given, settings
from hypothesis import strategies as st

from passerelle.groupware import passwords, provision
from passerelle.groupware.passwords import PasswordRules, rate, shortcoming
from passerelle.model.errors import Invalid
from passerelle.model.ids import UserId
from passerelle.model.principals import User
from passerelle.translations import catalogue
from tests.groupware.office import PASSWORD, Office

LEA = User(
    id=UserId(1),
    login="ldupont",
    display_name="Léa Dupont",
    first_name="Léa",
    last_name="Dupont",
    email="lea@exemple.fr",
)
GOOD = "quartz giraffe teapot 9"


def set_rules(office: Office, chosen: PasswordRules) -> None:
    with office.store.writing(provision.SYSTEM_USER) as tx:
        passwords.set_rules(tx, chosen)


@pytest.mark.parametrize(("password", "score"), [("password", 0), ("ldupont", 0), ("exemple", 0), (GOOD, 4)])
def test_what_others_know_or_try_first_is_weak(password: str, score: int) -> None:
    assert rate(password, LEA).score == score


def test_a_weak_password_comes_with_the_reason_and_advice() -> None:
    found = rate("password", LEA)
    assert found.word == "very weak"
    assert found.warning == "This is a top-10 common password."
    assert found.suggestions == ("Add another word or two. Uncommon words are better.",)
    assert catalogue("de").say(found.warning) != found.warning
    assert catalogue("fr").say(found.suggestions[0]) != found.suggestions[0]


def test_every_sentence_of_zxcvbn_is_in_our_catalogue() -> None:
    source = inspect.getsource(zxcvbn.feedback)
    calls = re.findall(r"_\(((?:\s*(?:'[^'\n]*'|\"[^\"\n]*\")\s*\\?)+)\)", source)
    said = {"".join(eval(part) for part in re.findall(r"'[^'\n]*'|\"[^\"\n]*\"", call)) for call in calls}
    assert len(said) > 20
    assert said == set(passwords._SAID)


@given(st.text(max_size=3000))
@settings(max_examples=25)
def test_any_password_is_rated_soon(password: str) -> None:
    assert 0 <= rate(password, LEA).score <= 4


def test_rules_that_nobody_set_refuse_nothing_but_say_what_is_lacking(office: Office) -> None:
    with office.store.reading() as tx:
        chosen = passwords.rules(tx)
    assert not chosen.strict
    assert shortcoming(chosen, "secret", rate("secret", LEA)) is not None
    assert shortcoming(chosen, GOOD, rate(GOOD, LEA)) is None
    provision.set_password(office.store, "anna", "secret")


def test_rules_that_are_set_hold_for_new_users_and_new_passwords(office: Office) -> None:
    set_rules(office, PasswordRules(minimum_score=3, minimum_length=12, strict=True))
    for weak in ("secret", "anna arnold", "x9;Qw"):
        with pytest.raises(Invalid):
            provision.set_password(office.store, "anna", weak)
        with pytest.raises(Invalid):
            provision.add_user(office.store, "dora", weak, display_name="Anna Arnold 2")
    assert provision.authenticate(office.store, "anna", PASSWORD).login == "anna", "what is in use stays"
    provision.set_password(office.store, "anna", GOOD)
    assert provision.authenticate(office.store, "anna", GOOD).login == "anna"


@pytest.mark.parametrize(
    "wrong", [{"minimum_score": 5}, {"minimum_score": -1}, {"minimum_length": 0}, {"minimum_length": 999}]
)
def test_rules_that_no_password_could_keep_are_refused(office: Office, wrong: dict[str, int]) -> None:
    with pytest.raises(Invalid):
        set_rules(office, msgspec.convert(wrong, PasswordRules))
