"""Keeps the Outlook that runs on this machine in step with a replica, whenever it runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import final

from passerelle.model.errors import Misconfigured
from passerelle.model.moments import zone_info
from passerelle.model.text import Text
from passerelle.peers.outlook.answers import answering
from passerelle.peers.outlook.connecting import Attach, attach, list_separator
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.zones import iana_zone
from passerelle.peers.outlook.objects import Application
from passerelle.peers.outlook.peer import NAME, Outlook
from passerelle.sync.clock import utc_now
from passerelle.sync.people import KnownPeople
from passerelle.sync.replica import Replica
from passerelle.sync.report import CycleResult, OnProgress, silent
from passerelle.translations import catalogue, language_of


@final
class Mirror:
    """One replica in front of Outlook: its folders are below the data file at ``path``. Used by one thread.

    ``find`` is how the running Outlook is found, ``wait`` lets seconds pass while it is busy.
    """

    def __init__(
        self,
        replica: Replica,
        path: str,
        find: Attach,
        *,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._replica = replica
        self._path = path
        self._find = find
        self._wait = wait
        self._now = now

    def show(self, on_progress: OnProgress = silent) -> CycleResult:
        """Bring replica and Outlook in step.

        Raises:
            NotRunning: there is no Outlook at the moment.
            Unreachable: it is busy for too long.
            Misconfigured: its data file was taken out.
        """
        application = attach(self._find, self._wait)
        with TemporaryDirectory(prefix="passerelle-") as directory:
            outlook = Outlook(application, self._path, self._context(application, Path(directory)), self._now)
            try:
                return self._replica.show(outlook, NAME, on_progress)
            finally:
                outlook.close()

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
