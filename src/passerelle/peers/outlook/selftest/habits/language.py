"""What depends on the user's language and settings (section 3)."""

from __future__ import annotations

from passerelle.peers.outlook.constants import ComCode, DefaultFolder
from passerelle.peers.outlook.reference import mapi
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Part, ask
from passerelle.peers.outlook.selftest.scratch import OURS
from passerelle.peers.outlook.selftest.verdicts import Findings, found, refusal, refused

_SUBJECT, _WORDS = mapi()["PidTagSubject"].schema, mapi()["PidNameKeywords"].schema


def _filters(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    bench.saved(folder)
    literal = bench.surroundings.short_form(bench.at(9))
    rows = [folder.GetTable(f"[Start] {sign} '{literal}'").GetRowCount() for sign in (">=", ">", "<=")]
    yield found(
        "filter-dates", "filtered by >=, >, <= an appointment's start, in the user's short form", rows, (1, 0, 1)
    )


def _separators(bench: Bench) -> Findings:
    item, separator = bench.appointment(), bench.surroundings.separator
    other = "," if separator != "," else ";"
    item.Categories = f"Blue{other} light{separator}Red"
    item.Save()
    parts = item.PropertyAccessor.GetProperty(_WORDS)
    yield found(
        "separator", "set categories with the list separator between them", parts, (f"Blue{other} light", "Red")
    )
    yield found("separator", "read them as one text", item.Categories, f"Blue{other} light{separator} Red")


def _prefixes(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    bench.saved(folder)
    wanted = "taken" if bench.root().Store.IsInstantSearchEnabled else refused(ComCode.INVALID_ARGUMENT)
    came = refusal(lambda: folder.GetTable(f"@SQL=\"{_SUBJECT}\" ci_startswith 'che'"))
    yield found("prefix-operators", "filtered by the beginning of a subject", came, wanted)


def _master_list(bench: Bench) -> Findings:
    listed = bench.root().Store.Categories
    listed.Add(OURS, 1)
    wanted = refused(ComCode.INVALID_ARGUMENT)
    yield found(
        "category-names",
        "put a category on the list that is there in other letters",
        refusal(lambda: listed.Add(OURS.upper(), 2)),
        wanted,
    )
    name = f"{OURS}{bench.surroundings.separator} b"
    yield found(
        "category-names", "put one on it with the list separator in it", refusal(lambda: listed.Add(name, 2)), wanted
    )


PART = Part(
    "Language",
    (
        ask(_filters, filter_dates="Filters read dates in the user's short form."),
        ask(_separators, separator="Categories are separated by the list separator of Windows."),
        ask(_prefixes, prefix_operators="Filters know the prefix operators only with Instant Search."),
        ask(_master_list, category_names="Names of categories differ by more than case, and hold no list separator."),
    ),
)
