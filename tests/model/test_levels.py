"""The named levels of rights, and rights as one number (semantics reference, sections 2.2 and 2.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.folders import FULL, Rights
from passerelle.model.levels import LEVELS, level_of, packed, rights_of, unpacked

BITS = {0: 1, 1: 2, 2: 257, 3: 2097410, 4: 2113794, 5: 2113796, 6: 4227330, 7: 4227332, 8: 272662788}
"""The table of section 2.3."""

some_rights = st.builds(
    Rights,
    folder=st.sampled_from((0, 2, 4, 8, 128)),
    read=st.sampled_from((0, 2, 4, 128)),
    write=st.sampled_from((0, 2, 4, 128)),
    delete=st.sampled_from((0, 2, 4, 128)),
    admin=st.booleans(),
)


@pytest.mark.rule("2.3")
@pytest.mark.parametrize("number", BITS)
def test_a_level_is_recognised_in_the_rights_that_it_stands_for(number: int) -> None:
    assert LEVELS[number].number == number
    assert level_of(rights_of(number)) == number


@pytest.mark.rule("2.2")
@pytest.mark.parametrize(("number", "bits"), BITS.items())
def test_a_level_is_the_number_that_open_xchange_writes(number: int, bits: int) -> None:
    assert packed(rights_of(number)) == bits
    assert unpacked(bits) == rights_of(number)


@pytest.mark.rule("2.2")
def test_an_owner_is_the_number_that_open_xchange_stores() -> None:
    assert packed(FULL) == 403710016
    assert unpacked(403710016) == FULL


@pytest.mark.rule("2.3")
def test_an_owner_has_the_level_of_the_administrator() -> None:
    assert level_of(FULL) == 8


@pytest.mark.rule("2.3")
@pytest.mark.parametrize(
    "rights",
    [Rights(), Rights(folder=2, read=2), Rights(folder=4, read=2, write=4), Rights(folder=2, admin=True),
     Rights(folder=8, read=2, write=2, delete=2, admin=True)],
)  # fmt: skip
def test_what_is_no_preset_is_custom(rights: Rights) -> None:
    assert level_of(rights) is None


def test_there_is_no_level_beyond_the_nine() -> None:
    for number in (-1, 9):
        with pytest.raises(IndexError):
            rights_of(number)


@given(some_rights)
def test_rights_come_back_from_their_number(rights: Rights) -> None:
    assert unpacked(packed(rights)) == rights


@given(some_rights)
def test_a_level_says_everything_about_rights_but_how_they_are_stored(rights: Rights) -> None:
    number = level_of(rights)
    if number is not None:
        assert level_of(unpacked(packed(rights))) == number
        assert rights_of(number).admin == rights.admin


@pytest.mark.parametrize("number", [3, -1, 1 << 29, 8 << 7])
def test_a_number_with_bits_that_mean_nothing_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=str(number)):
        unpacked(number)
