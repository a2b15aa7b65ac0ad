"""Looks at items before and after a change, and puts what people are told into the outbox of the same transaction.

Changes to one item within a short time are told in one mail: what waits is joined with what comes, from how the
recipient last knew the item to how it is now. Should nothing be left to tell, the mail goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import msgspec

from passerelle.groupware import mail_settings, reminders
from passerelle.groupware.actor import Actor
from passerelle.groupware.addressees import Directory, has_others, is_outside, owner_of
from passerelle.groupware.letters import Audience, Kind, Notice, Party, read_notice, written
from passerelle.groupware.notices.deciding import MANY, Telling, decide, is_wanted
from passerelle.groupware.notices.deltas import Delta, State, What, deltas, name_of, version_of, what
from passerelle.model.ids import FolderId, ItemId, UserId
from passerelle.model.items import Appointment, Task
from passerelle.store import Reading, Writing

PAUSE: Final = timedelta(minutes=1)
"""How long a mail waits for further changes."""
LONGEST: Final = timedelta(minutes=5)
"""How long it waits at most, however many changes come."""


class News:
    """What one operation did to items, as it comes to be known; forgotten at once where nobody is told of anything."""

    def __init__(self, tx: Writing, actor: Actor, *, is_told: bool, notify: bool, writer: Party | None) -> None:
        self._tx = tx
        self._writer = writer
        self._is_told = is_told
        self._actor = actor
        self._notify = notify
        self._before: dict[ItemId, tuple[State | None, UserId]] = {}
        self._parted: dict[ItemId, ItemId] = {}
        self._returned: set[ItemId] = set()
        self.touched: list[ItemId] = []
        """The items that the operation is about, whoever is told of it."""

    def watch(self, id_: ItemId) -> None:
        """Remember an item as it is before the operation, with the series it belongs to."""
        self.touched.append(id_)
        state = look(self._tx, id_) if self._is_told else None
        if state is not None:
            self._before.setdefault(state.root.id, (state, self._owner(state)))

    def watch_all(self, folders: Iterable[FolderId]) -> None:
        """Remember what is in some folders and may have participants."""
        for folder in folders if self._is_told else ():
            for outline in self._tx.items.outlines(folder):
                if outline.master is None and outline.kind in ("appointment", "task"):
                    self.watch(outline.id)

    def made(self, id_: ItemId) -> None:
        """Note an item that the operation made."""
        self.touched.append(id_)
        state = look(self._tx, id_) if self._is_told else None
        if state is not None:
            self._before.setdefault(state.root.id, (None, self._owner(state)))

    def continued(self, id_: ItemId) -> None:
        """Note a task that takes the place of one that was done: people are told that it was, and that is all."""
        self.touched.append(id_)

    def parted(self, id_: ItemId, heir: ItemId) -> None:
        """Note that a series ended early and goes on as another one, which is as yet what the first one was.

        People here learn what becomes different from the heir alone; people elsewhere get both, since their
        calendars have to part the series, too.
        """
        self.watch(heir)
        self._parted[id_] = heir

    def returned(self, id_: ItemId) -> None:
        """Note an item that came back: nobody is invited anew, but of what was not told yet nobody hears."""
        state = look(self._tx, id_) if self._is_told else None
        if state is not None and state.root.id not in self._before:
            self._returned.add(state.root.id)
        self.made(id_)

    def tell(self) -> None:
        """Put what people are to be told into the outbox."""
        people = Directory(self._tx)
        actor = self._writer or people.party_of(self._actor.user)
        for id_, (before, owner) in self._before.items():
            after = look(self._tx, id_)
            items = [version.item for state in (before, after) if state for version in (state.root, *state.exceptions)]
            known = [item for item in items if isinstance(item, Appointment | Task)]
            if actor is None or before == after or not has_others(known, owner, self._actor.user):
                continue
            version = _version(after)
            for delta in deltas(before, after):
                telling = Telling(self._of_part(id_, delta), actor, owner, self._tx.outbox.now, self._notify)
                for notice in decide(people, telling):
                    if id_ in self._returned and self._tx.outbox.joinable(_pool(notice)) is None:
                        continue
                    if queue(self._tx, people, notice, owner, version) and after is None and before is not None:
                        for occurrence in _waiting_occurrences(self._tx, before, notice):
                            queue(self._tx, people, occurrence, owner, version)

    def _of_part(self, id_: ItemId, delta: Delta) -> Delta:
        """What happened to one of the two parts of a series, as people here and elsewhere see it."""
        if id_ in self._parted and delta.before is not None:
            item = delta.before.item
            inside = tuple(one for one in item.participants if not is_outside(one))
            already = () if delta.told is None else delta.told.participants
            return msgspec.structs.replace(delta, told=msgspec.structs.replace(item, participants=(*inside, *already)))
        if id_ not in self._parted.values():
            return delta
        if delta.master is None:
            return msgspec.structs.replace(delta, is_new_elsewhere=True)
        outside = tuple(one for one in delta.master.participants if is_outside(one))  # they get it with the heir
        told = msgspec.structs.replace(delta.master, participants=outside)
        return msgspec.structs.replace(delta, is_new_elsewhere=True, told=told)

    def _owner(self, state: State) -> UserId:
        return owner_of(state.root, self._tx.folders.get(state.root.folder))


@contextmanager
def telling(
    tx: Writing, actor: Actor, *, silent: bool = False, notify: bool = True, writer: Party | None = None
) -> Iterator[News]:
    """Tell people what the block does to the items that it names, or nobody anything if it is ``silent``.

    ``notify`` False spares users here what they need not know. ``writer`` is who acts by mail instead of the actor.
    Reminders follow what the block does.
    """
    is_told = not silent and mail_settings.settings(tx).notices
    news = News(tx, actor, is_told=is_told, notify=notify, writer=writer)
    yield news
    news.tell()
    for id_ in () if silent else news.touched:
        reminders.refresh(tx, id_)


def tell_again(tx: Writing, id_: ItemId, mail: str) -> bool:
    """Invite somebody from elsewhere once more who asked for it (RFC 5546, section 3.2.6); tell whether that is sent.

    Once an hour is enough, however often somebody asks; and nobody hears of what is over, or where notices are off.
    """
    people, state = Directory(tx), look(tx, id_)
    owner = None if state is None else owner_of(state.root, tx.folders.get(state.root.folder))
    actor = None if owner is None else people.party_of(owner)
    if owner is None or actor is None or not mail_settings.settings(tx).notices:
        return False
    now, sent = tx.outbox.now, False
    for delta in deltas(None, state):
        for notice in decide(people, Telling(delta, actor, owner, now)):
            recipient = notice.recipient.mail
            if notice.audience is Audience.EXTERNAL and recipient.casefold() == mail.casefold():
                key = f"{_pool(notice)}/again/{now:%Y-%m-%dT%H}"
                sent |= tx.outbox.add(key, recipient, Kind.NOTICE, written(_bounded(notice))) is not None
    return sent


def look(tx: Reading, id_: ItemId) -> State | None:
    """An appointment or task as it is stored; of an occurrence, its whole series."""
    record = tx.items.get(id_, None)
    if record is not None and record.master is not None:
        record = tx.items.get(record.master, None)
    if record is None or not isinstance(record.item, Appointment | Task):
        return None
    return State(record, tuple(tx.items.exceptions(record.id)) if record.changed else ())


def _waiting_occurrences(tx: Reading, gone: State, series: Notice) -> Iterator[Notice]:
    """That changed occurrences of a series are off, to who waits to hear of them and hears nothing of the series."""
    for record in gone.exceptions:
        if isinstance(record.item, Appointment) and record.item.recurrence_id is not None:
            subject = name_of(gone, record.item.recurrence_id)
            notice = msgspec.structs.replace(series, subject=subject, before=version_of(record), after=None)
            if tx.outbox.joinable(_pool(notice)) is not None:
                yield notice


def queue(tx: Writing, people: Directory, notice: Notice, owner: UserId, version: str) -> bool:
    """Let a notice be sent soon, joined with one that waits; what is no news by itself only with that.

    Return whether one that waited is not sent, for nothing is left to tell.

    Who is to lose what that one tells, for a mail about the whole series takes it away, gets the new one after that.
    """
    pool = _pool(notice)
    waiting = tx.outbox.joinable(pool)
    if waiting is not None and notice.before is None and read_notice(waiting.content).after is not None:
        tx.outbox.remove(waiting.id)
        waiting = None
    if waiting is None:
        if not _is_news(people, notice, owner):
            return False
        content = written(_bounded(notice))
        tx.outbox.add(f"{pool}/{version}", notice.recipient.mail, Kind.NOTICE, content, pool=pool, delay=PAUSE)
        return False
    joined = _bounded(msgspec.structs.replace(notice, before=read_notice(waiting.content).before))
    if _is_news(people, joined, owner):
        due = min(waiting.created + LONGEST, tx.outbox.now + PAUSE)
        tx.outbox.rewrite(waiting.id, written(joined), due)
        return False
    tx.outbox.remove(waiting.id)
    return True


def _is_news(people: Directory, notice: Notice, owner: UserId) -> bool:
    """Whether anything is left to tell after several changes."""
    happened = what(notice.before, notice.after)
    if happened is not What.ANSWERED or notice.audience is Audience.ORGANIZER:
        return happened is not None
    user = people.user(notice.recipient.user) if notice.recipient.user is not None else None
    return user is not None and is_wanted(notice, user, owner, notify=True)


def _pool(notice: Notice) -> str:
    """What is told in one mail: to one recipient, of one item; here also of one person's doings."""
    recipient = notice.recipient.mail.casefold()
    if notice.audience is Audience.EXTERNAL:
        return f"{notice.subject}/{notice.audience}/{recipient}"
    person = notice.actor if notice.answering is None else notice.answering
    return f"{notice.subject}/{notice.audience}/{recipient}/{person.user}"


def _version(after: State | None) -> str:
    """What no other change of the same item is called."""
    if after is None:
        return "gone"
    return str(max(one.stamp for one in (after.root, *after.exceptions)))


def _bounded(notice: Notice) -> Notice:
    """The notice without the people that would only be counted."""
    if notice.audience is Audience.EXTERNAL:
        return notice
    cut = {}
    for name in ("before", "after"):
        version = getattr(notice, name)
        if version is not None and len(version.item.participants) > MANY:
            item = msgspec.structs.replace(version.item, participants=version.item.participants[:MANY])
            cut[name] = msgspec.structs.replace(version, item=item)
    return msgspec.structs.replace(notice, **cut)
