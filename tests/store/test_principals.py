"""Users, groups and resources: found by what people know of them, remembered after they are gone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace
from sqlalchemy.exc import IntegrityError

from passerelle.model.errors import NotFound
from passerelle.model.ids import EVERYBODY, GroupId, ItemId, ResourceId, Stamp, UserId
from passerelle.model.principals import User
from passerelle.store import Store
from tests.store.conftest import ANNA


def test_a_user_is_found_by_id_login_and_mail(store: Store) -> None:
    with store.writing(ANNA) as tx:
        anna = tx.principals.add_user(
            "Anna", "Anna Roß", first_name="Anna", email="Anna@Example.org", zone="Europe/Paris", locale="fr"
        )
    with store.reading() as tx:
        assert tx.principals.user(anna.id) == anna
        assert tx.principals.user_by_login("aNNA") == anna
        assert tx.principals.by_mail("anna@example.ORG") == anna
        assert tx.principals.users() == (anna,)
        assert tx.principals.user_by_login("Bob") is None
        assert tx.principals.by_mail("") is None
    assert (anna.zone, anna.locale, anna.deleted) == ("Europe/Paris", "fr", False)


def test_a_room_is_found_by_mail(store: Store) -> None:
    with store.writing(ANNA) as tx:
        room = tx.principals.add_resource("blue", "Blue room", "blue@example.org", "Twelve chairs")
        assert tx.principals.by_mail("BLUE@example.org") == room
        assert tx.principals.resource(room.id) == room
        assert tx.principals.resources() == (room,)


def test_the_password_hash_is_kept_apart(store: Store) -> None:
    with store.writing(ANNA) as tx:
        anna = tx.principals.add_user("anna", "Anna", password_hash="one")
        assert tx.principals.credentials("ANNA") == (anna, "one")
        tx.principals.set_password(anna.id, "two")
        renamed = tx.principals.replace_user(replace(anna, display_name="Anna B."))
        assert tx.principals.credentials("anna") == (renamed, "two")
        tx.principals.set_password(anna.id, None)
        assert tx.principals.credentials("anna") == (renamed, None)
        assert tx.principals.credentials("nobody") is None


def test_everybody_is_in_the_group_of_everybody(store: Store) -> None:
    with store.writing(ANNA) as tx:
        anna, ben = tx.principals.add_user("anna", "Anna"), tx.principals.add_user("ben", "Ben")
        team = tx.principals.add_group("team", "Team", (ben.id, anna.id))
        assert tx.principals.groups_of(anna.id) == {EVERYBODY, team.id}
        tx.principals.replace_group(replace(team, members=(ben.id,)))
        assert tx.principals.groups_of(anna.id) == {EVERYBODY}
        assert tx.principals.groups_of(ben.id) == {EVERYBODY, team.id}
    assert team.members == (ben.id, anna.id)


def test_a_removed_user_is_remembered_but_cannot_be_found_or_log_in(store: Store) -> None:
    with store.writing(ANNA) as tx:
        anna = tx.principals.add_user("anna", "Anna", email="anna@example.org", password_hash="one")
        team = tx.principals.add_group("team", "Team", (anna.id,))
        stamp = tx.principals.remove_user(anna.id)
        assert tx.principals.user(anna.id) == replace(anna, deleted=True, stamp=stamp)
        assert tx.principals.users() == ()
        assert tx.principals.credentials("anna") is None
        assert tx.principals.by_mail("anna@example.org") is None
        group = tx.principals.group(team.id)
        assert group is not None
        assert (group.members, group.stamp > team.stamp) == ((), True)
        again = tx.principals.add_user("anna", "Another Anna")
        assert again.id != anna.id


def test_two_live_users_cannot_share_a_login(store: Store) -> None:
    with store.writing(ANNA) as tx:
        tx.principals.add_user("anna", "Anna")
    with pytest.raises(IntegrityError), store.writing(ANNA) as tx:
        tx.principals.add_user("ANNA", "Anna")


def test_the_change_list_of_the_directory_holds_the_removed_too(store: Store) -> None:
    with store.writing(ANNA) as tx:
        anna = tx.principals.add_user("anna", "Anna")
        team = tx.principals.add_group("team", "Team")
        room = tx.principals.add_resource("blue", "Blue room")
        gone_team, gone_room = tx.principals.remove_group(team.id), tx.principals.remove_resource(room.id)
        changes = tx.principals.changed_since(anna.stamp)
        assert changes.users == (anna,)
        assert [(group.id, group.deleted) for group in changes.groups] == [(team.id, True)]
        assert [(resource.id, resource.deleted) for resource in changes.resources] == [(room.id, True)]
        assert tx.principals.changed_since(gone_room).groups == ()
        assert (tx.principals.groups(), tx.principals.resources()) == ((), ())
        assert tx.principals.clock() == gone_room > gone_team


def test_a_replica_keeps_principals_under_the_servers_ids(store: Store) -> None:
    user = User(id=UserId(77), login="ben", display_name="Ben", contact=ItemId(5))
    with store.writing(ANNA) as tx:
        tx.principals.put(user)
        tx.principals.put(replace(user, display_name="Benedikt"))
        (found,) = tx.principals.users()
        assert (found.id, found.display_name, found.contact) == (77, "Benedikt", 5)
        assert tx.principals.add_group("team", "Team").id > 77


def test_what_does_not_exist_is_not_found(store: Store) -> None:
    with store.writing(ANNA) as tx:
        for attempt in (
            lambda: tx.principals.remove_user(UserId(9)),
            lambda: tx.principals.remove_group(GroupId(9)),
            lambda: tx.principals.remove_resource(ResourceId(9)),
            lambda: tx.principals.set_password(UserId(9), None),
            lambda: tx.principals.replace_user(User(id=UserId(9), login="x", display_name="X")),
        ):
            with pytest.raises(NotFound):
                attempt()
        assert tx.principals.changed_since(Stamp(0)) == ((), (), ())
