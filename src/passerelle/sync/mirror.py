"""Keeps the Outlook that runs on this machine in step with a replica, whenever it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self, final

from passerelle.model.clock import utc_now
from passerelle.model.errors import Misconfigured
from passerelle.model.moments import zone_info
from passerelle.model.text import Text
from passerelle.peers.base import RemoteId
from passerelle.peers.outlook.answers import answering
from passerelle.peers.outlook.connecting import Attach, attach, list_separator
from passerelle.peers.outlook.datafile import check_profile, find_store
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.zones import iana_zone
from passerelle.peers.outlook.objects import Application, NameSpace
from passerelle.peers.outlook.peer import NAME, Outlook
from passerelle.peers.outlook.tree import Address
from passerelle.sync.accounts.registry import Account
from passerelle.sync.people import KnownPeople
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, OnProgress, silent
from passerelle.translations import catalogue, language_of


@final
class Mirror:
    """One account's replica in front of Outlook: its folders are below the account's data file. Used by one thread.

    ``find`` is how the running Outlook is found, ``wait`` lets seconds pass while it is busy.
    """

    def __init__(
        self,
        replica: Replica,
        account: Account,
        find: Attach,
        *,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._replica = replica
        self._account = account
        self._find = find
        self._wait = wait
        self._now = now
        self._outlook: Outlook | None = None
        self._directory: TemporaryDirectory[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.let_go()

    def show(self, on_progress: OnProgress = silent, folders: Collection[RemoteId] | None = None) -> CycleResult:
        """Bring replica and Outlook in step; with ``folders`` no more than those, if they are where they were.

        Raises:
            NotRunning: there is no Outlook at the moment.
            OtherProfile: it runs with a profile that has not the account's data file.
            Unreachable: it is busy for too long.
            Misconfigured: its data file was taken out.
        """
        try:
            only = None if self._outlook is None or folders is None else self._outlook.look(folders)
            outlook = self._attached() if self._outlook is None or only is None else self._outlook
            return self._replica.show(outlook, NAME, on_progress, only=only)
        except BaseException:
            self.let_go()
            raise

    def addresses(self) -> Mapping[RemoteId, Address]:
        """Where the folders are in Outlook; none of them before they were shown.

        Raises:
            NotRunning: Outlook has ended.
        """
        return {} if self._outlook is None else self._outlook.addresses

    def let_go(self) -> None:
        """Let Outlook go; it is attached to again when there is something to show."""
        if self._outlook is not None:
            self._outlook.close()
        if self._directory is not None:
            self._directory.cleanup()
        self._outlook = self._directory = None

    def _attached(self) -> Outlook:
        self.let_go()
        application = attach(self._find, self._wait)
        with answering():
            self._check_profile(application.Session)
        self._directory = TemporaryDirectory(prefix="passerelle-")
        context = self._context(application, Path(self._directory.name))
        self._outlook = Outlook(application, self._account.outlook, context, self._now)
        return self._outlook

    def _check_profile(self, session: NameSpace) -> None:
        """A data file that the running profile has open is shown in it, whatever that is called by now."""
        profile = self._account.outlook_profile
        if profile and find_store(session, self._account.outlook) is None:
            check_profile(session, profile)

    def _context(self, application: Application, directory: Path) -> Context:
        me = self._replica.membership.user
        with self._replica.store.reading() as tx:
            user = tx.principals.user(me)
        with answering():
            windows = application.TimeZones.CurrentTimeZone.ID
        zone = iana_zone(windows)
        if zone is None:
            raise Misconfigured(Text("The time zone “{zone}” of Windows is not known.", zone=windows))
        return Context(
            user=me,
            mail="" if user is None else user.email,
            name=self._replica.membership.login if user is None else user.display_name,
            people=KnownPeople(self._replica.store),
            directory=directory,
            today=self._now().astimezone(zone_info(zone)).date(),
            zone=zone,
            separator=list_separator(),
            say=catalogue(language_of("en" if user is None else user.locale)).say,
        )
