"""Users: changed, disabled, and what they may do at all (semantics reference, sections 1.7 and 3).

A disabled user cannot log in from the very next request on; the account stays in the directory, its calendars and
shares stay, and others go on inviting it. Whoever shall vanish is removed
(:mod:`passerelle.groupware.admin.removal`).
"""

from __future__ import annotations

import msgspec
from msgspec import UNSET, Struct, UnsetType

from passerelle.groupware import capabilities, user_entries
from passerelle.groupware.actor import ORIGIN, SYSTEM_USER
from passerelle.groupware.principal_rules import check_language, check_user
from passerelle.groupware.provision import existing_user
from passerelle.model.errors import Invalid
from passerelle.model.moments import zone_info
from passerelle.model.participants import Answer
from passerelle.model.principals import Capability, FreeBusyDetail, User
from passerelle.store import Store, Writing


class UserChange(Struct, frozen=True, kw_only=True):
    """What to change of a user; what is not set stays. ``attachment_quota`` None: the limit that holds for all."""

    login: str | UnsetType = UNSET
    display_name: str | UnsetType = UNSET
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    email: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    locale: str | UnsetType = UNSET
    free_busy: FreeBusyDetail | UnsetType = UNSET
    answer_private: Answer | UnsetType = UNSET
    answer_public: Answer | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    administrator: bool | UnsetType = UNSET
    attachment_quota: int | UnsetType | None = UNSET
    withheld: frozenset[Capability] | UnsetType = UNSET


def change_user(store: Store, login: str, change: UserChange) -> User:
    """Change a user, and with the user the entry in the global address book and the lists of the user's groups.

    A change of nothing leaves all stamps.

    Raises:
        NotFound: there is no such login.
        Invalid, Missing: a value is malformed, or another user is called so.
        Contradiction: the new login or address is taken.
    """
    with store.writing(SYSTEM_USER, ORIGIN) as tx:
        return change_user_in(tx, existing_user(tx, login), change)


def change_user_in(tx: Writing, before: User, change: UserChange) -> User:
    """Change a user within a transaction. Raises as :func:`change_user` does."""
    wanted = changed(before, change)
    if wanted == before:
        return before
    _check(tx, before, wanted)
    stored = tx.principals.replace_user(wanted)
    capabilities.settle(tx, before, stored)
    if stored.disabled:
        tx.logins.remove_of(stored.id)
    return user_entries.follow(tx, before, stored)


def changed(before: User, change: UserChange) -> User:
    """The user with a change applied, unchecked."""
    given = ((name, getattr(change, name)) for name in change.__struct_fields__)
    return msgspec.structs.replace(before, **{name: value for name, value in given if value is not UNSET})


def _check(tx: Writing, before: User, wanted: User) -> None:
    check_user(tx, wanted, before)
    if wanted.zone != before.zone:
        zone_info(wanted.zone)
    if wanted.locale != before.locale:
        check_language(wanted.locale)
    if wanted.attachment_quota is not None and wanted.attachment_quota < 0:
        raise Invalid("A limit cannot be negative.", "attachment_quota")
