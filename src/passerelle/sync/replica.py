"""A replica: a store with the account's user in it, under the same id as on the server, and the memory of its peer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, final

from passerelle.groupware.teller import Teller
from passerelle.model.clock import utc_now
from passerelle.model.errors import Misconfigured, PasserelleError
from passerelle.model.folders import Module
from passerelle.model.ids import FolderId
from passerelle.model.principals import User
from passerelle.model.text import Text
from passerelle.peers.base import Identity, Peer, RemoteId
from passerelle.store import UPSTREAM, Reading, Store
from passerelle.sync.backlog import Backlog, backlog
from passerelle.sync.cycle import run_cycle
from passerelle.sync.folders.state import FOLDERS_SENT
from passerelle.sync.history.chronicle import close_orphans, forget_old
from passerelle.sync.past.period import Period
from passerelle.sync.past.setting import choose_period, chosen_period
from passerelle.sync.pending import Pending, pending
from passerelle.sync.policy import Policy
from passerelle.sync.report import CycleResult, OnProgress, silent
from passerelle.sync.scope import remove_outside, select_modules, selected_modules, unsent_outside
from passerelle.sync.slow import want_slow_sync
from passerelle.sync.status import LastCycle, Membership, Status, note_last, status
from passerelle.sync.successes import Successes, is_news, note_success, note_trouble, successes
from passerelle.sync.waiting import Waiting

if TYPE_CHECKING:
    from passerelle.groupware.session import Session
    from passerelle.sync.history.history import History

ORIGIN = "replica"
"""What the journal says of the user's own changes."""

_ACCOUNT = "account"
_POLICY = "policy"


@final
class Replica:
    """An open replica. Its items are read and edited through :meth:`session`, like those of any store."""

    def __init__(self, store: Store, membership: Membership, now: Callable[[], datetime] = utc_now) -> None:
        self.store = store
        self.membership = membership
        self._now = now

    @classmethod
    def create(cls, directory: Path, login: str, identity: Identity, now: Callable[[], datetime] = utc_now) -> Self:
        """Make the replica of an account; it is empty until the first cycle.

        Raises:
            Misconfigured: there is a store in the directory already.
        """
        from passerelle.groupware.provision import initialise  # noqa: PLC0415 - see session()

        store = Store.create(directory)
        initialise(store)
        membership = Membership(user=identity.user, login=login, server=identity.server)
        user = User(id=identity.user, login=login, display_name=identity.display_name or login)
        with store.writing(identity.user, ORIGIN) as tx:
            tx.principals.put(user)
            tx.sync.set(_ACCOUNT, membership)
            tx.sync.set(FOLDERS_SENT, tx.folders.clock())
        return cls(store, membership, now)

    @classmethod
    def open(cls, directory: Path, now: Callable[[], datetime] = utc_now) -> Self:
        """Open a replica.

        Raises:
            Misconfigured: there is none in the directory.
        """
        store = Store.open(directory)
        with store.reading() as tx:
            membership = tx.sync.get(_ACCOUNT, Membership)
        if membership is None:
            store.close()
            raise Misconfigured(
                Text("The store in “{directory}” is not the replica of an account.", directory=str(directory))
            )
        return cls(store, membership, now)

    def close(self) -> None:
        """Close the store."""
        self.store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def session(self) -> Session:
        """What the user can do here: all that the rights, as copied from the server, allow.

        The rules are loaded when a person wants something. A cycle needs few of them, and all take a quarter of its
        process's time.
        """
        from passerelle.groupware.session import Session  # noqa: PLC0415 - as said

        return Session(self.store, self.membership.user, ORIGIN, teller=Teller.SERVER)

    @property
    def history(self) -> History:
        """What happened to the items here, to be looked at and taken back."""
        from passerelle.sync.history.history import History  # noqa: PLC0415 - see session()

        return History(self.store, self.membership.user, ORIGIN, self._now)

    @property
    def waiting(self) -> Waiting:
        """What waits for the user's word."""
        return Waiting(self.store, self.membership.user, ORIGIN, self._now)

    def cycle(
        self, peer: Peer, on_progress: OnProgress = silent, *, only: Mapping[RemoteId, str | None] | None = None
    ) -> CycleResult:
        """Bring the replica and its server in step, or ``only`` some folders of it.

        See :func:`passerelle.sync.cycle.run_cycle`.
        """
        try:
            result = run_cycle(
                self.store,
                peer,
                self.membership.user,
                policy=self.policy,
                on_progress=on_progress,
                now=self._now,
                only=only,
            )
        except PasserelleError as error:
            with self.store.writing(self.membership.user, ORIGIN) as tx:
                note_trouble(tx, self._now(), error)
            raise
        last = LastCycle(at=self._now(), touched=result.total, requests=result.traffic.requests, seconds=result.seconds)
        with self.store.writing(self.membership.user, ORIGIN) as tx:
            note_last(tx, last)
            note_success(tx, last.at, _looked_at(tx, only), result.failing)
            close_orphans(tx)
            forget_old(tx, self._now())
        return result

    def show(
        self,
        peer: Peer,
        name: str,
        on_progress: OnProgress = silent,
        *,
        only: Mapping[RemoteId, str | None] | None = None,
    ) -> CycleResult:
        """Bring the replica in step with a program that shows it, such as Outlook, whose memory is called ``name``.

        With ``only``, no more than some folders of it; see :func:`passerelle.sync.cycle.run_cycle`.

        What people do there is here afterwards, to be sent to the server, and what came from the server is there. Where
        the server's word and theirs differ, the account's policy holds (:meth:`Policy.towards_mirror`).
        """
        store, me = self.store.of_peer(name), self.membership.user
        policy = self.policy.towards_mirror()
        try:
            result = run_cycle(store, peer, me, policy=policy, on_progress=on_progress, now=self._now, only=only)
        except PasserelleError as error:
            with store.writing(me, store.origin) as tx:
                note_trouble(tx, self._now(), error)
            raise
        if result.total or is_news(self.successes(name), self._now()):
            with store.writing(me, store.origin) as tx:
                note_success(tx, self._now(), _looked_at(tx, only), result.failing)
        return result

    def forget_mirror(self, name: str) -> None:
        """Forget all about a program that showed the replica: it does so no longer."""
        store = self.store.of_peer(name)
        with store.writing(self.membership.user, store.origin) as tx:
            tx.sync.forget_peer()

    def want_slow_sync(self, folders: Collection[FolderId] | None = None) -> None:
        """Have the next cycles compare every item of some folders, or of all, with the server's and Outlook's."""
        with self.store.writing(self.membership.user, ORIGIN) as tx:
            for memory in (tx.of_peer(name) for name in tx.sync.peers()):
                want_slow_sync(memory, folders)

    @property
    def modules(self) -> frozenset[Module]:
        """The modules that are synchronised. Selecting one again has it compared as a whole."""
        with self.store.reading() as tx:
            return selected_modules(tx)

    @modules.setter
    def modules(self, modules: Iterable[Module]) -> None:
        with self.store.writing(self.membership.user, ORIGIN) as tx:
            select_modules(tx, modules)

    @property
    def past(self) -> Period | None:
        """How far back appointments are kept here; None: all of them. Older ones are on the server only."""
        with self.store.reading() as tx:
            return chosen_period(tx)

    @past.setter
    def past(self, period: Period | None) -> None:
        with self.store.writing(self.membership.user, ORIGIN) as tx:
            choose_period(tx, period, self._now())

    def left_out(self) -> dict[FolderId, int]:
        """How many appointments of each folder are on the server only, for they ended too long ago."""
        with self.store.reading() as tx:
            return tx.left_out.counts()

    def unsent_outside(self, modules: Iterable[Module]) -> int:
        """How many changes wait to be sent that would not be if only these modules were synchronised."""
        with self.store.reading() as tx:
            return unsent_outside(tx, modules)

    def remove_outside(self) -> None:
        """Take the items of modules that are not synchronised off this machine; the server keeps them."""
        with self.store.writing(self.membership.user, self.store.origin) as tx:
            remove_outside(tx)

    @property
    def policy(self) -> Policy:
        """Who wins where both sides changed the same, and when deletions are held."""
        with self.store.reading() as tx:
            return tx.sync.get(_POLICY, Policy) or Policy()

    @policy.setter
    def policy(self, policy: Policy) -> None:
        with self.store.writing(self.membership.user, ORIGIN) as tx:
            tx.sync.set(_POLICY, policy)

    def status(self) -> Status:
        """How the replica stands. Asks nobody."""
        with self.store.reading() as tx:
            return status(tx, self.membership)

    def pending(self) -> Pending:
        """What waits here to be sent with the next cycle. Asks nobody; costs the same however many items there are."""
        with self.store.reading() as tx:
            return pending(tx)

    def successes(self, peer: str = UPSTREAM) -> Successes:
        """When what was last in step, with the server or with a program that shows it."""
        with self.store.of_peer(peer).reading() as tx:
            return successes(tx)

    def backlog(self) -> Backlog:
        """How much waits, to be sent or for the user. Asks nobody; costs what changed."""
        with self.store.reading() as tx:
            return backlog(tx)


def _looked_at(tx: Reading, only: Mapping[RemoteId, str | None] | None) -> Collection[FolderId] | None:
    """The folders that a cycle was about; None: all."""
    return None if only is None else [link.local for link in tx.sync.folder_links() if link.remote in only]
