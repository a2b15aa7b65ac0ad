"""``passerelle outlook selftest``: ask the Outlook on this machine what it does, and write a report about it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from passerelle.cli.options import ConnectorData, Json, connector_directory
from passerelle.cli.output import print_json, progress, say
from passerelle.model.errors import Unreachable
from passerelle.model.text import Text
from passerelle.translations import said

if TYPE_CHECKING:
    from passerelle.peers.outlook.selftest.report import Report
    from passerelle.peers.outlook.selftest.running import SelfTest

_LEFT = Text(
    "Outlook does not let go of all that the self-test made. "
    "Start it anew, and run: passerelle outlook selftest --clean-up"
)


def selftest(
    *,
    report: Path = Path("passerelle-selftest.md"),
    own_folders: Annotated[bool, Parameter(negative="")] = False,
    clean_up: Annotated[bool, Parameter(negative="")] = False,
    data: ConnectorData = None,
    json: Json = False,
) -> int:
    """Try out what the Outlook that runs does with appointments, contacts and tasks, and write a report for a bug.

    It works in data files of its own, which it takes away afterwards, needs no account, and sends nothing to anybody.
    The report names neither you nor your machine.

    Args:
        report: Where to write the report; the same as JSON goes beside it.
        own_folders: Ask, too, what only your own calendar shows: a contact’s birthday, which is deleted again at once.
        clean_up: Only take away what a self-test that broke off has left.
        data: Directory of your accounts, below which the data files are.
        json: Print the report as JSON.
    """
    test = _self_test(connector_directory(data), own_folders=own_folders)
    if clean_up:
        if test.clear():
            raise Unreachable(_LEFT)
        say("Nothing of a self-test is left in Outlook.")
        return 0
    _tell(_run(test), report, json=json)
    return 0


def _self_test(data: Path, *, own_folders: bool) -> SelfTest:
    from passerelle.peers.outlook.connecting import enter_apartment, system_attach
    from passerelle.peers.outlook.registry import system_registry
    from passerelle.peers.outlook.selftest.running import SelfTest
    from passerelle.peers.outlook.selftest.surroundings import of_this_machine

    find = system_attach()
    enter_apartment()
    directory = data.absolute() / "outlook-selftest"
    return SelfTest(find, of_this_machine(system_registry()), directory, own_folders=own_folders)


def _run(test: SelfTest) -> Report:
    with progress() as bar:
        task = bar.add_task(said("Asking Outlook"), total=None)
        return test.run(lambda done, total: bar.update(task, completed=done, total=total))


def _tell(report: Report, path: Path, *, json: bool) -> None:
    from passerelle.peers.outlook.selftest.report import write
    from passerelle.peers.outlook.selftest.verdicts import Verdict

    beside = write(report, path)
    if json:
        print_json(report)
        return
    count = report.count()
    say(
        Text(
            "{alike} answers are as expected, {otherwise} otherwise, {failed} failed; {unasked} were not asked for.",
            alike=count[Verdict.ALIKE],
            otherwise=count[Verdict.OTHERWISE],
            failed=count[Verdict.FAILED],
            unasked=count[Verdict.UNASKED],
        )
    )
    say(Text("The report is in “{path}” and “{json}”. Attach both to a bug.", path=str(path), json=str(beside)))
    if report.left:
        say(_LEFT)
