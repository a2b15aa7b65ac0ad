"""Runs the self-test: each check alone, and in the end, whatever happens, all of it is taken away again."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import final

from passerelle.model.clock import utc_now
from passerelle.model.errors import Misconfigured
from passerelle.model.ids import UserId
from passerelle.model.moments import zone_info
from passerelle.model.text import Text
from passerelle.peers.outlook.answers import answering, meaning_of
from passerelle.peers.outlook.connecting import Attach, attach
from passerelle.peers.outlook.constants import DefaultFolder, ExchangeStoreType
from passerelle.peers.outlook.errors import ComError, code_of
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.recipients import address_of
from passerelle.peers.outlook.mapping.zones import iana_zone
from passerelle.peers.outlook.objects import Application
from passerelle.peers.outlook.selftest import round_trips
from passerelle.peers.outlook.selftest.bench import Bench, Nobody
from passerelle.peers.outlook.selftest.habits import (
    appointments,
    events,
    identity,
    language,
    names,
    noticing,
    people,
    series,
    tasks,
    together,
    trouble,
    values,
)
from passerelle.peers.outlook.selftest.parts import Check, Part
from passerelle.peers.outlook.selftest.report import Checked, Report, Words, part_report
from passerelle.peers.outlook.selftest.scratch import Scratch
from passerelle.peers.outlook.selftest.surroundings import Surroundings
from passerelle.peers.outlook.selftest.verdicts import Finding, Verdict

PARTS = tuple(
    module.PART
    for module in (
        round_trips,
        noticing,
        events,
        identity,
        language,
        appointments,
        series,
        people,
        tasks,
        values,
        together,
        names,
        trouble,
    )
)
"""The whole script, in order."""
OnProgress = Callable[[int, int], None]
"""Is told how many checks are done, of how many."""
_OUTLOOK = Path(__file__).parents[1]
"""Where the code is that is tried."""
_WRAPPERS = ("answers:", "patience:")
"""What is around each call, and says nothing about where it was made."""
_OWN = "Outlook would write into your own calendar: ask for it with --own-folders"


def _silent(_done: int, _all: int) -> None:
    """Nobody watches."""


@final
class SelfTest:
    """Asks the Outlook that ``find`` finds. ``directory`` is where its data files may be, and nothing else.

    ``wait`` lets seconds pass. With ``own_folders`` Outlook is also made to write into its user's own calendar.
    """

    def __init__(
        self,
        find: Attach,
        surroundings: Surroundings,
        directory: Path,
        *,
        own_folders: bool = False,
        wait: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = utc_now,
        parts: Sequence[Part] = PARTS,
    ) -> None:
        self._find = find
        self._surroundings = surroundings
        self._own_folders = own_folders
        self._wait = wait
        self._now = now
        self._parts = parts
        self._rejected = 0
        self._scratch = Scratch(lambda: self._attach().Session, directory, wait)

    def run(self, on_progress: OnProgress = _silent) -> Report:
        """Ask everything, and take everything away, also when it is broken off.

        Raises:
            NotRunning: there is no Outlook, and nothing was done.
            Refused, Unreachable: Outlook opens no data file.
        """
        begin = time.monotonic()
        application = self._attach()
        self._scratch.clear()  # what an earlier one left
        try:
            with TemporaryDirectory(prefix="passerelle-") as files, answering():
                context, words = self._context(application, Path(files))
                facts = {**self._facts(application), **self._surroundings.facts}
                checked = self._checked(self._bench(application, context), on_progress)
        finally:
            left = self._scratch.clear()
        return Report(
            facts={name: words.without(value) for name, value in facts.items()},
            parts=tuple(part_report(part, checked, words) for part in self._parts),
            left=tuple(words.without(one) for one in left),
            seconds=round(time.monotonic() - begin, 1),
        )

    def clear(self) -> tuple[str, ...]:
        """Take away what an earlier self-test left. What could not be taken away, in words.

        Raises:
            NotRunning: there is no Outlook that could be asked.
        """
        self._attach()
        return self._scratch.clear()

    def _attach(self) -> Application:
        return attach(self._find, self._pause)

    def _pause(self, seconds: float) -> None:
        self._rejected += 1
        self._wait(seconds)

    def _bench(self, application: Application, context: Context) -> Bench:
        paths = self._scratch.open()
        return Bench(application, paths, context, self._surroundings, self._now)

    def _context(self, application: Application, files: Path) -> tuple[Context, Words]:
        """Whose Outlook it is, for the mapping; and what of that is told nobody."""
        user = application.Session.CurrentUser
        windows = application.TimeZones.CurrentTimeZone.ID
        zone = iana_zone(windows)
        if zone is None:
            raise Misconfigured(Text("The time zone “{zone}” of Windows is not known.", zone=windows))
        context = Context(
            user=UserId(1),
            mail=address_of(user),
            name=user.Name,
            people=Nobody(),
            directory=files,
            today=self._now().astimezone(zone_info(zone)).date(),
            zone=zone,
            separator=self._surroundings.separator,
        )
        hidden = (context.mail, context.name, user.Address, *context.name.split(), *self._surroundings.private)
        return context, Words((*hidden, str(files), str(self._scratch.directory)))

    def _facts(self, application: Application) -> Mapping[str, str]:
        store = application.Session.DefaultStore
        return {
            "Outlook": application.Version,
            "deleted items are called": store.GetDefaultFolder(int(DefaultFolder.DeletedItems)).Name,
            "default store": ExchangeStoreType(store.ExchangeStoreType).name,
            "Instant Search there": str(store.IsInstantSearchEnabled),
            "time zone": application.TimeZones.CurrentTimeZone.ID,
        }

    def _checked(self, bench: Bench, on_progress: OnProgress) -> list[Checked]:
        checks = [check for part in self._parts for check in part.checks]
        found = []
        for number, check in enumerate(checks):
            on_progress(number, len(checks))
            found.append(self._outcome(bench, check))
        on_progress(len(checks), len(checks))
        return [*found, *self._busyness()]

    def _outcome(self, bench: Bench, check: Check) -> Checked:
        """What comes of one check: whatever goes wrong in it stops no other."""
        if check.in_own_folders and not self._own_folders:
            return Checked(check=check, unasked=_OWN)
        findings: list[Finding] = []
        begin, failure = time.monotonic(), ""
        try:
            findings.extend(check.run(bench))
        except Exception as error:  # noqa: BLE001 - what fails is what the report is about
            failure = _failure(error)
        seconds = time.monotonic() - begin
        return Checked(check=check, findings=tuple(findings), seconds=seconds, failure=failure)

    def _busyness(self) -> Iterator[Checked]:
        """Whether Outlook was busy meanwhile, which is nothing that one can bring about."""
        if not self._rejected:
            return
        question = next(one for one in trouble.PART.left_out if one.id == trouble.BUSY)
        came = f"{self._rejected} calls were rejected, tried again, and taken"
        said = Finding(question=question.id, did="worked", came=came, expected=came, verdict=Verdict.ALIKE)
        yield Checked(check=Check(lambda _: iter(()), (question,)), findings=(said,))


def _failure(error: Exception) -> str:
    """What went wrong, and where in the script and the code that it tries."""
    frames = (one for one in traceback.extract_tb(error.__traceback__) if Path(one.filename).is_relative_to(_OUTLOOK))
    each = [f"{Path(one.filename).stem}:{one.lineno}" for one in frames]
    where = " < ".join(one for one in reversed(each[1:]) if not one.startswith(_WRAPPERS))
    source = error.__cause__ if isinstance(error.__cause__, ComError) else error
    code = f" 0x{code_of(source) & 0xFFFFFFFF:08X}" if isinstance(source, ComError) else ""
    meaning = str(meaning_of(error)) if isinstance(error, ComError) else str(error)
    return f"{type(error).__name__}{code}: {meaning} ({where})"
