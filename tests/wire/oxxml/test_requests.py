"""Requests: what clients of all generations send is understood, and what ours sends says what was meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from passerelle.model.errors import Invalid, Unreadable
from passerelle.wire.oxxml.requests import (
    DirectoryQuery,
    Method,
    Mode,
    Operation,
    Propfind,
    WrongRoot,
    next_client_id,
    read_directory_query,
    read_propertyupdate,
    read_propfind,
    write_directory_query,
    write_propertyupdate,
    write_propfind,
)
from tests.strategies import texts, words

OX = 'xmlns:D="DAV:" xmlns:ox="http://www.open-xchange.org"'


def propfind(inner: str, root: str = "propfind") -> bytes:
    return f"<D:{root} {OX}><D:prop>{inner}</D:prop></D:{root}>".encode()


def update(inner: str) -> bytes:
    return f"<D:propertyupdate {OX}><D:set><D:prop>{inner}</D:prop></D:set></D:propertyupdate>".encode()


def test_a_change_list_is_asked_for_by_folder_time_and_modes() -> None:
    body = propfind(
        "<ox:folder_id>31</ox:folder_id><ox:lastsync>1300000099999</ox:lastsync>"
        "<ox:objectmode>new_and_modified, DELETED</ox:objectmode>"
    )
    assert read_propfind(body) == Propfind(
        folder_id=31, lastsync=1300000099999, modes=frozenset({Mode.MODIFIED, Mode.DELETED})
    )


@pytest.mark.parametrize("root", ["propfind", "multistatus", "anything"])
def test_the_name_of_the_root_of_a_read_does_not_matter(root: str) -> None:
    assert read_propfind(propfind("<ox:object_id>5</ox:object_id>", root)).object_id == 5


def test_any_prefix_will_do() -> None:
    body = b'<a xmlns="DAV:"><prop><x:object_id xmlns:x="http://www.open-xchange.org">5</x:object_id></prop></a>'
    assert read_propfind(body) == Propfind(object_id=5)


def test_lastsync_alone_asks_for_modified_objects() -> None:
    assert read_propfind(propfind("<ox:lastsync>7</ox:lastsync>")).modes == frozenset({Mode.MODIFIED})


def test_a_list_needs_no_lastsync() -> None:
    query = read_propfind(propfind("<ox:folder_id>32</ox:folder_id><ox:objectmode>LIST</ox:objectmode>"))
    assert (query.modes, query.lastsync) == (frozenset({Mode.LIST}), 0)


def test_a_lastsync_that_is_no_number_counts_as_the_beginning() -> None:
    body = propfind("<ox:lastsync>yesterday</ox:lastsync><ox:objectmode>MODIFIED</ox:objectmode>")
    assert read_propfind(body).lastsync == 0


def test_a_read_of_nothing_in_particular_is_refused() -> None:
    with pytest.raises(Unreadable, match="object_id"):
        read_propfind(propfind("<ox:folder_id>31</ox:folder_id>"))


def test_an_unknown_mode_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="SIDEWAYS"):
        read_propfind(propfind("<ox:objectmode>SIDEWAYS</ox:objectmode>"))


def test_a_read_without_prop_is_refused() -> None:
    with pytest.raises(Unreadable, match="D:prop"):
        read_propfind(f"<D:propfind {OX}/>".encode())


def test_elements_of_other_namespaces_do_not_count() -> None:
    with pytest.raises(Unreadable):
        read_propfind(b'<D:propfind xmlns:D="DAV:"><D:prop><object_id>5</object_id></D:prop></D:propfind>')


def test_the_old_client_asks_for_resource_groups_too_and_gets_the_rest() -> None:
    body = propfind(
        "<ox:user>*</ox:user><ox:group>*</ox:group><ox:resource>*</ox:resource><ox:resourcegroup>*</ox:resourcegroup>"
    )
    assert read_directory_query(body) == DirectoryQuery(user="*", group="*", resource="*")


def test_a_write_names_its_object_its_folder_and_its_version() -> None:
    (block,) = read_propertyupdate(
        update(
            "<ox:object_id>801</ox:object_id><ox:folder_id>32</ox:folder_id><ox:folder>60</ox:folder>"
            "<ox:last_modified>1300000100000</ox:last_modified><ox:client_id>c-77</ox:client_id><ox:email1/>"
        )
    )
    assert (block.object_id, block.folder_id, block.destination) == (801, 32, 60)
    assert (block.last_modified, block.client_id, block.method) == (1300000100000, "c-77", Method.SAVE)
    assert block.properties.text("email1") == ""


def test_a_write_may_be_wrapped_in_a_multistatus() -> None:
    body = (
        f"<D:multistatus {OX}><D:propertyupdate><D:set><D:prop><ox:object_id>802</ox:object_id>"
        "<ox:method>delete</ox:method></D:prop></D:set></D:propertyupdate></D:multistatus>"
    )
    (block,) = read_propertyupdate(body.encode())
    assert (block.object_id, block.method) == (802, Method.DELETE)


def test_an_unknown_method_saves() -> None:
    (block,) = read_propertyupdate(update("<ox:method>FROBNICATE</ox:method>"))
    assert block.method is Method.SAVE


def test_kde_leaves_the_version_empty_when_it_moves_a_folder() -> None:
    (block,) = read_propertyupdate(update("<ox:object_id>7</ox:object_id><ox:last_modified/>"))
    assert block.last_modified is None


def test_a_position_of_nought_is_none() -> None:
    (block,) = read_propertyupdate(update("<ox:recurrence_position>0</ox:recurrence_position>"))
    assert block.recurrence_position is None


@pytest.mark.parametrize("root", [f"<D:propfind {OX}/>", f"<D:multistatus {OX}/>", "<propertyupdate/>"])
def test_a_write_with_another_root_is_told_so(root: str) -> None:
    with pytest.raises(WrongRoot):
        read_propertyupdate(root.encode())


def test_an_id_that_is_no_number_spoils_its_block() -> None:
    (block,) = read_propertyupdate(update("<ox:object_id>twelve</ox:object_id><ox:client_id>c</ox:client_id>"))
    assert block.problem is not None
    assert (block.problem.field, block.client_id) == ("object_id", "c")


def test_a_version_that_is_no_number_spoils_the_whole_request() -> None:
    with pytest.raises(Unreadable, match="last_modified"):
        read_propertyupdate(update("<ox:last_modified>twelve</ox:last_modified>"))


@pytest.mark.parametrize("number", ["9" * 19, "9" * 400, "1e3", "0x10", "١٢", "1_000"])
def test_numbers_beyond_64_bits_and_fancy_numbers_are_refused(number: str) -> None:
    (block,) = read_propertyupdate(update(f"<ox:object_id>{number}</ox:object_id>"))
    assert block.problem is not None


def test_removal_of_properties_is_not_part_of_the_interface() -> None:
    body = f"<D:propertyupdate {OX}><D:remove><D:prop/></D:remove></D:propertyupdate>"
    with pytest.raises(Unreadable, match="D:set"):
        read_propertyupdate(body.encode())


def test_the_next_client_id_is_found_in_what_could_not_be_read() -> None:
    body = b"<a>\n<ox:client_id>one</ox:client_id>\n<oops\n<ox:client_id>two</ox:client_id>"
    assert next_client_id(body, 3) == "two"
    assert next_client_id(body, 0) == "one"
    assert next_client_id(b"<a>", 1) == "not found"


@given(
    st.builds(
        Propfind,
        folder_id=st.none() | st.integers(0, 2**40),
        object_id=st.integers(0, 2**40),
        lastsync=st.just(0),
        extended=st.booleans(),
    )
    | st.builds(
        Propfind,
        folder_id=st.none() | st.integers(0, 2**40),
        lastsync=st.integers(0, 2**50),
        modes=st.frozensets(st.sampled_from(Mode), min_size=1),
        extended=st.booleans(),
    )
)
def test_a_read_says_to_the_server_what_the_client_meant(query: Propfind) -> None:
    assert read_propfind(write_propfind(query)) == query


@given(
    st.builds(
        DirectoryQuery,
        user=st.none() | words(),
        group=st.none() | words(),
        resource=st.none() | words(),
        lastsync=st.none() | st.integers(0, 2**50),
        extended=st.booleans(),
    )
)
def test_a_directory_read_says_to_the_server_what_the_client_meant(query: DirectoryQuery) -> None:
    assert read_directory_query(write_directory_query(query)) == query


@given(
    st.lists(
        st.builds(
            Operation,
            method=st.sampled_from(Method),
            object_id=st.none() | st.integers(0, 2**40),
            folder_id=st.none() | st.integers(0, 2**40),
            destination=st.none() | st.integers(0, 2**40),
            last_modified=st.none() | st.integers(0, 2**50),
            client_id=st.none() | texts(),
            recurrence_position=st.none() | st.integers(1, 999),
            recurrence_date_position=st.none() | st.integers(0, 2**43),
        ),
        max_size=5,
    )
)
def test_a_write_says_to_the_server_what_the_client_meant(operations: list[Operation]) -> None:
    read = read_propertyupdate(write_propertyupdate(operations))
    names = [name for name in Operation.__struct_fields__ if name != "properties"]
    assert [[getattr(one, name) for name in names] for one in read] == [
        [getattr(one, name) for name in names] for one in operations
    ]
