from __future__ import annotations

import pytest

from passerelle.model.listings import ListedUser, UnfitEntry
from passerelle.peers.ldap.entries import Entry, listing, same_dn
from passerelle.peers.ldap.source import Attributes


def entry(dn: str, **values: str | list[str]) -> Entry:
    return Entry(dn, {name.lower(): [value] if isinstance(value, str) else value for name, value in values.items()})


def test_active_directory_s_words_are_known() -> None:
    max_ = entry(
        "CN=Max Maier,OU=Staff,DC=corp", sAMAccountName="mmaier", uid="old", displayName="Maier, Max", givenName="Max",
        sn="Maier", mail="max@corp.example", userAccountControl="512", preferredLanguage="de-CH, en;q=0.5",
    )  # fmt: skip
    gone = entry("CN=Gone,OU=Staff,DC=corp", sAMAccountName="gone", userAccountControl="514")
    sales = entry("CN=Sales,OU=Groups,DC=corp", cn="Sales", member=["cn=max maier, ou=Staff,dc=CORP"])
    found = listing([max_, gone], [sales], Attributes())
    assert found.users == (
        ListedUser(
            place="CN=Max Maier,OU=Staff,DC=corp", login="mmaier", display_name="Maier, Max", first_name="Max",
            last_name="Maier", email="max@corp.example", language="de_CH", groups=("Sales",),
        ),
    )  # fmt: skip
    assert found.groups == frozenset({"Sales"})


def test_other_attributes_can_be_named_and_the_first_that_is_there_counts() -> None:
    names = Attributes(login=("employeeNumber", "uid"), display_name=("cn",))
    (one, other, none) = listing(
        [entry("a", employeeNumber="7", uid="x", cn="A"), entry("b", uid="y", cn="B"), entry("c", cn="C")], None, names
    ).users
    assert [one.login, other.login] == ["7", "y"]
    assert isinstance(none, UnfitEntry)
    assert isinstance(one, ListedUser)
    assert one.groups is None, "groups were not asked for"


@pytest.mark.parametrize(
    ("one", "other"), [("uid=a,dc=x", "UID=A, DC=X"), ("cn=a\\, b,dc=x", "CN=A\\, B,dc=x"), ("no dn", "NO DN")]
)
def test_names_are_compared_as_directories_do(one: str, other: str) -> None:
    assert same_dn(one) == same_dn(other)
