from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Unreadable
from passerelle.model.listings import ListedUser, UnfitEntry
from passerelle.wire.user_tables import read

TABLE = "Login;Prénom;Nom;E-Mail;Groupes;Kennwort\r\nlea;Léa;Dupont;lea@example.org;Ventes|Comité;geheim 1\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_table_of_excel_is_read_in_whatever_encoding_it_was_saved(encoding: str) -> None:
    (lea,) = read(TABLE.encode(encoding))
    assert lea == ListedUser(
        place="2", login="lea", first_name="Léa", last_name="Dupont", email="lea@example.org",
        groups=("Ventes", "Comité"), password="geheim 1",
    )  # fmt: skip


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_delimiter_is_found_out_and_quotes_hold(delimiter: str) -> None:
    text = delimiter.join(("Display Name", "USERNAME", "Time-zone")) + "\n"
    text += delimiter.join(('"Maier, Max; ""Mäxchen"" | x"', "max", "Europe/Berlin")) + "\n"
    (found,) = read(text.encode())
    assert isinstance(found, ListedUser)
    assert (found.display_name, found.login, found.zone) == ('Maier, Max; "Mäxchen" | x', "max", "Europe/Berlin")


def test_what_a_table_does_not_say_stays_open_and_an_empty_cell_empties() -> None:
    (short,) = read(b"login,first,zone,groups\nlea,,,\n")
    assert short == ListedUser(place="2", login="lea", first_name="", groups=())


def test_lines_without_a_login_are_told_of_and_empty_ones_are_not() -> None:
    found = list(read(b"login,name\n,Nobody\n\n , \nlea,L\n"))
    assert [type(one) for one in found] == [UnfitEntry, ListedUser]
    assert [one.place for one in found] == ["2", "5"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "login"),
        (b"name,mail\nx,y\n", "login"),
        (b"login,mail,e-mail\na,b,c\n", "email"),
        (b'login\n"a', "breaks off"),
        (b"\xff\xfel\x00\x00\xd8", "damaged"),
    ],
)
def test_what_is_no_table_of_users_is_refused_with_the_reason(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        list(read(data))


@given(st.binary(max_size=300))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    try:
        found = list(read(b"login,name\n" + data))
    except Unreadable:
        return
    assert all(isinstance(one, ListedUser | UnfitEntry) for one in found)
