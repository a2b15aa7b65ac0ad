"""A peer whose data was replaced, by those of a backup or by others: noticed, and asked about.

Nothing that such a peer lacks was deleted by anybody, so a cycle stops before it believes anything. When the user has
agreed, everything is compared by content (``Context.reconciling``): equal items are linked again, what the server has
more comes here, and what it lost is sent there once more; nothing is deleted. Another data file of Outlook's is shown
all that is here as if it were the first one.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NoReturn

import msgspec
from msgspec import Struct

from passerelle.model.errors import Contradiction, Unsafe
from passerelle.model.ids import UserId
from passerelle.model.text import Text, sentences
from passerelle.peers.naming import OUTLOOK, SERVER
from passerelle.store import Reading, Writing
from passerelle.sync.context import Context
from passerelle.sync.folders.state import DIRECTORY_ANCHOR, FOLDERS_ANCHOR

_LINEAGE = "lineage of the server"
_NOTICED = "server replaced"
_RECONCILING = "reconciling"


class Sign(StrEnum):
    """What shows that a server's data were replaced."""

    LINEAGE = "lineage"
    BEHIND = "behind"
    CLOCK = "clock"
    ITEM = "item"
    USER = "user"

    @property
    def text(self) -> Text:
        """It in a sentence."""
        return _SENTENCES[self]


_SENTENCES = {
    Sign.LINEAGE: Text("It has other data than before, such as those of a backup."),
    Sign.BEHIND: Text("It knows less than it told before."),
    Sign.CLOCK: Text("Its clock is before the latest change that came from it."),
    Sign.ITEM: Text("It has another item under a number that is known here."),
    Sign.USER: Text("The login belongs to another user there."),
}


class Replacement(Struct, frozen=True, kw_only=True):
    """That a peer's data were replaced: since when that is known, and what shows it.

    ``lineage`` is what the peer then called the history of its data.
    """

    since: datetime
    sign: Sign
    lineage: str | None = None
    peer: str = SERVER

    @property
    def text(self) -> Text:
        """What happened, in sentences."""
        if self.peer == OUTLOOK:
            return Text("The data file in Outlook is not the one that it was.")
        return sentences(Text("The server’s data were replaced."), self.sign.text)

    @property
    def is_acceptable(self) -> bool:
        """Whether the user may agree; to another user no data of this replica are told."""
        return self.sign is not Sign.USER


class ServerReplaced(Unsafe):
    """The peer's data were replaced; the cycle stops until the user has decided."""


def replacement(tx: Reading) -> Replacement | None:
    """What was noticed and not yet decided on."""
    return tx.sync.get(_NOTICED, Replacement)


def is_reconciling(tx: Reading) -> bool:
    """Whether the user agreed to take the server as it is now, and that is not finished."""
    return tx.sync.get(_RECONCILING, bool) or False


def is_ours(tx: Reading) -> bool:
    """Whether the server ever said what it calls the history of its data, as ours do."""
    return tx.sync.get(_LINEAGE, str) is not None


def check_lineage(context: Context, me: UserId | None) -> None:
    """Make sure that the peer has the data that it had, and the user; to be asked after each cycle's first answer.

    Raises:
        ServerReplaced: it has others.
    """
    said = context.peer.lineage
    with context.store.reading() as tx:
        is_new = not tx.sync.is_of_server and not tx.sync.folder_links()  # nothing of it is known that could be lost
        known, noticed = None if is_new else tx.sync.get(_LINEAGE, str), replacement(tx)
    if me is not None and me != context.me:
        stop(context, Sign.USER)
    if said is not None and known is not None and said != known:
        stop(context, Sign.LINEAGE)
    if noticed is not None and not _is_itself_again(noticed, said, known):
        stop(context, noticed.sign)
    if noticed is not None or said not in {None, known}:
        with context.writing() as tx:
            tx.sync.set(_NOTICED, None)
            tx.sync.set(_LINEAGE, said or known)


def _is_itself_again(noticed: Replacement, said: str | None, known: str | None) -> bool:
    """Whether it was another server for a while only, under the same address: by a fault in the network, say."""
    return noticed.lineage is not None and noticed.lineage != known and said == known


def stop(context: Context, sign: Sign) -> NoReturn:
    """Write down that the peer's data were replaced, and end the cycle.

    Raises:
        ServerReplaced: always.
    """
    with context.writing() as tx:
        before = replacement(tx)
        since = context.now() if before is None else before.since
        found = Replacement(since=since, sign=sign, lineage=context.peer.lineage, peer=tx.sync.peer)
        if found != before:
            tx.sync.set(_NOTICED, found)
    raise ServerReplaced(sentences(found.text, Text("Nothing was changed here."), _advice(found)))


def _advice(found: Replacement) -> Text:
    if not found.is_acceptable:
        return Text("Add the account again under another name; what you have here stays.")
    if found.peer == OUTLOOK:
        return Text("“passerelle confirm” says what you can do.")
    return Text("Ask its administrator. “passerelle confirm” says what you can do.")


def accept(tx: Writing) -> Replacement:
    """The user agrees: with the next cycle everything is read anew, and compared.

    Raises:
        Contradiction: nothing of the kind was noticed, or it cannot be agreed to.
    """
    noticed = replacement(tx)
    if noticed is None:
        if tx.sync.is_of_server:
            raise Contradiction("The server’s data were not replaced.")
        raise Contradiction("Outlook has the data file that it had.")
    if not noticed.is_acceptable:
        raise Contradiction("The login belongs to another user now. Add the account again under another name.")
    if not tx.sync.is_of_server:
        tx.sync.forget_peer()
        return noticed
    tx.sync.set(_NOTICED, None)
    tx.sync.set(_LINEAGE, None)
    tx.sync.set(_RECONCILING, True)  # noqa: FBT003 - a value
    tx.sync.set(FOLDERS_ANCHOR, None)
    tx.sync.set(DIRECTORY_ANCHOR, None)
    tx.left_out.clear()  # its numbers may mean other items now
    for link in tx.sync.folder_links():
        tx.sync.put_folder_link(msgspec.structs.replace(link, anchor=None))
    return noticed


def what_follows(accepted: Replacement) -> Text:
    """What comes of it that the user agreed."""
    if accepted.peer == OUTLOOK:
        return Text("With the next look at Outlook everything is shown there.")
    return Text("The next sync compares everything, and sends again what the server lost.")


def reconciled(context: Context) -> None:
    """All is compared: from now on absence may mean deletion again."""
    with context.writing() as tx:
        tx.sync.set(_RECONCILING, None)
