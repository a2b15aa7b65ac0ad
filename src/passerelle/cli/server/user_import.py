"""``passerelle server user import``: users from a table."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from passerelle.cli.options import Json, ServerData
from passerelle.cli.output import print_json, print_table, progress, say
from passerelle.cli.server.opening import open_store
from passerelle.groupware.admin.intake import Deed, Outcome, take_in
from passerelle.model.errors import Unreadable
from passerelle.model.listings import ListedUser, UnfitEntry
from passerelle.model.text import Text
from passerelle.store import Store
from passerelle.translations import said
from passerelle.wire import user_tables

SOME_REFUSED = 3


def user_import(file: Path, /, *, dry_run: bool = False, data: ServerData = None, json: Json = False) -> int:
    """Add and change many users from a table (CSV).

    The first line names the columns: login, and any of name, first, last, email, groups, zone, language, password, in
    English, French or German. Delimiter and encoding are found out, those of Excel too. Groups are separated by | ;
    or , and made where they are missing. Whoever is there already is changed as the table says, and keeps the
    password. A second run changes nothing. A line that cannot be is reported, and the rest goes on; the exit code is
    then 3.

    Args:
        file: The table.
        dry_run: Only list what would be done.
        data: The server's directory.
        json: Print the report as JSON.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        reason = str(error.strerror)
        raise Unreadable(Text("“{path}” cannot be read: {reason}.", path=str(file), reason=reason)) from error
    entries = list(user_tables.read(content))
    with open_store(data) as store:
        outcomes = follow_list(store, entries, dry_run=dry_run)
    return report(outcomes, Text("Line"), dry_run=dry_run, json=json)


def follow_list(
    store: Store, entries: Sequence[ListedUser | UnfitEntry], *, dry_run: bool, managed: Collection[str] = ()
) -> list[Outcome]:
    """Add and change users as a list says, under a progress bar."""
    with progress() as bar:
        task = bar.add_task(said("Importing"), total=len(entries))
        return take_in(store, entries, managed=managed, dry_run=dry_run, tell=lambda _: bar.advance(task))


def report(outcomes: Sequence[Outcome], place: Text, *, dry_run: bool, json: bool) -> int:
    """Print what was done, or would be; return the exit code."""
    refused = [one for one in outcomes if one.deed is Deed.REFUSED]
    if json:
        print_json(outcomes)
        return SOME_REFUSED if refused else 0
    counted = {deed: sum(one.deed is deed for one in outcomes) for deed in Deed}
    if dry_run:
        rows = [(one.place, one.login, _WORDS[one.deed], ", ".join(one.fields)) for one in outcomes]
        columns = (place, "Login", "What would be done", "Fields")
        print_table(Text("Import"), columns, rows)
    say(
        Text(
            "{added} added, {changed} changed, {unchanged} as they were, {refused} refused.",
            added=counted[Deed.ADDED],
            changed=counted[Deed.CHANGED],
            unchanged=counted[Deed.UNCHANGED],
            refused=counted[Deed.REFUSED],
        )
    )
    for one in refused:
        reason = Text.of(one.reason)
        say(Text("{place} {where} ({login}): refused: {reason}", place=place, where=one.place, login=one.login,
                 reason=reason))  # fmt: skip
    if dry_run:
        say("Nothing was changed. Run it again without --dry-run.")
    return SOME_REFUSED if refused else 0


_WORDS = {
    Deed.ADDED: Text("add"),
    Deed.CHANGED: Text("change"),
    Deed.UNCHANGED: Text("nothing"),
    Deed.REFUSED: Text("refuse"),
}
