"""Mirrors users, groups and resources under the same ids, so that participants and rights mean the same."""

from __future__ import annotations

import msgspec

from passerelle.model.ids import EVERYBODY, Stamp
from passerelle.model.principals import Group, Resource, User
from passerelle.peers.base import Anchor, Directory
from passerelle.store import Writing
from passerelle.sync.context import Context
from passerelle.sync.folders.state import DIRECTORY_ANCHOR
from passerelle.sync.replaced.noticing import check_lineage


def forget_directory(tx: Writing) -> None:
    """Have the whole directory read with the next cycle."""
    tx.sync.set(DIRECTORY_ANCHOR, None)


def pull_directory(context: Context) -> None:
    """Bring the directory up to date. One request; one transaction, which moves the anchor too.

    Raises:
        ServerReplaced: it is not the server that it was.
    """
    with context.store.reading() as tx:
        anchor = tx.sync.get(DIRECTORY_ANCHOR, str)
    found = context.peer.directory(None if anchor is None else Anchor(anchor))
    check_lineage(context, found.me)
    if anchor == found.anchor and not (found.users or found.groups or found.resources):
        return
    with context.writing() as tx:
        _mirror(tx, found)
        tx.sync.set(DIRECTORY_ANCHOR, found.anchor)


def _mirror(tx: Writing, found: Directory) -> None:
    for user in found.users:
        _mirror_user(tx, user)
    for group in found.groups:
        _mirror_group(tx, group)
    for resource in found.resources:
        before = tx.principals.resource(resource.id)
        if before is None or _plain(before) != _plain(resource):
            tx.principals.put(resource)


def _mirror_user(tx: Writing, user: User) -> None:
    """A user as the server has it, but with a login that is ours to choose where the server does not tell it.

    The number of the user's entry in the address book is the server's; it means another item here.
    """
    before = tx.principals.user(user.id)
    if user.deleted and before is not None:  # the server tells no more than that; the name of an author stays
        user = msgspec.structs.replace(before, deleted=True)
    known = before.login if before is not None else f"#{user.id}"
    entry = None if before is None else before.contact
    wanted = msgspec.structs.replace(user, login=_free_login(tx, user, known), contact=entry)
    if before is None or _plain(before) != _plain(wanted):
        tx.principals.put(wanted)


def _free_login(tx: Writing, user: User, known: str) -> str:
    """The server's word, unless a login of that name is somebody else's here."""
    if not user.login:
        return known
    holder = tx.principals.user_by_login(user.login)
    return user.login if holder is None or holder.id == user.id else known


def _mirror_group(tx: Writing, group: Group) -> None:
    before = tx.principals.group(group.id)
    wanted = msgspec.structs.replace(group, members=()) if group.id == EVERYBODY else group
    if before is None or _plain(before) != _plain(wanted):
        tx.principals.put(wanted)


def _plain(principal: User | Group | Resource) -> User | Group | Resource:
    """Without the stamp, which each store gives its own."""
    return msgspec.structs.replace(principal, stamp=Stamp(0))
