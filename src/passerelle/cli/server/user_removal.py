"""``passerelle server user delete``: what becomes of the items is asked, or said by an option."""

from __future__ import annotations

import sys

from passerelle.cli.options import Json, ServerData
from passerelle.cli.output import print_json, say
from passerelle.cli.server.opening import open_store
from passerelle.groupware.admin.removal import Fate, remove_user
from passerelle.groupware.provision import existing_user
from passerelle.model.errors import Invalid, Missing, Unsafe
from passerelle.model.text import Text
from passerelle.translations import said


def user_delete(
    login: str, /, *, items: Fate | None = None, to: str | None = None, data: ServerData = None, json: Json = False
) -> int:
    """Remove a user, and say what becomes of the private folders and what is in them.

    Deleting takes them away, and meetings that the user organised out of everybody's calendar. Transferring gives
    them to another user, in folders that say whose they were; what is marked private is deleted all the same. Either
    way the user declines what others planned, leaves all groups, and loses all rights. Public folders go to whom --to
    names, else to somebody who administers them. This cannot be undone. To lock somebody out and keep all, use “user
    disable”.

    Args:
        login: Whom.
        items: What becomes of the items; asked for on a terminal.
        to: Login of the user who gets them, and the ownership of public folders.
        data: The server's directory.
        json: Print JSON for a script.
    """
    with open_store(data) as store:
        with store.reading() as tx:
            name = existing_user(tx, login).display_name
        fate, heir = _asked(name, to) if items is None else (items, to)
        if fate is Fate.TRANSFER and heir is None:
            raise Missing("Say with --to who gets the items.", "to")
        removal = remove_user(store, login, fate, heir)
    if json:
        print_json(removal)
    else:
        say(removal.told)
    return 0


def _asked(name: str, heir: str | None) -> tuple[Fate, str | None]:
    """What a person answers on the terminal.

    Raises:
        Unsafe: there is no terminal to ask on, or the person wants neither.
    """
    if not sys.stdin.isatty():
        raise Unsafe("Say what becomes of the user's items: --items delete, or --items transfer --to LOGIN.")
    say(Text("{name} is removed for good. What becomes of the private folders and all in them?", name=name))
    answer = input(said(Text("Type “delete”, the login of who gets them, or nothing to stop: "))).strip()
    if not answer:
        raise Unsafe("Nothing was removed.")
    if answer.casefold() in {Fate.DELETE, said(Text("delete")).casefold()}:
        return Fate.DELETE, heir
    if heir is not None and answer != heir:
        raise Invalid("--to names somebody else. Leave it out, or give --items transfer.", "to")
    return Fate.TRANSFER, answer
