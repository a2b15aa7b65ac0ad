"""What values look like on their way in and out, and bodies and files (sections 3 and 4, and pywin32)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from io import BytesIO
from typing import cast

from passerelle.model.moments import zone_info
from passerelle.peers.outlook.constants import ComCode, DefaultFolder
from passerelle.peers.outlook.mapping.files import add_file, read_files, save_file
from passerelle.peers.outlook.objects import ContactItem
from passerelle.peers.outlook.reference import mapi
from passerelle.peers.outlook.selftest.bench import Bench
from passerelle.peers.outlook.selftest.parts import Part, ask
from passerelle.peers.outlook.selftest.verdicts import Findings, found, refusal, refused, told

_START, _BODY, _HTML = (mapi()[name].schema for name in ("PidLidAppointmentStartWhole", "PidTagBody", "PidTagHtml"))
_MISMATCH = refused(-2147352571)  # DISP_E_TYPEMISMATCH
_MEMORY = refused(-2147024882)  # E_OUTOFMEMORY
_NO_SUPPORT = refused(-2147221246)  # MAPI_E_NO_SUPPORT
_LONG = 5000


def _no_date(bench: Bench) -> Findings:
    contact = bench.contact()
    yield found("no-date-is-4501", "a birthday that was not set", contact.Birthday, datetime(4501, 1, 1, tzinfo=UTC))
    came = refusal(lambda: contact.PropertyAccessor.GetProperty(mapi()["PidTagBirthday"].schema))
    yield found("no-date-is-4501", "the same in MAPI", came, refused(ComCode.NOT_FOUND))


def _dates(bench: Bench) -> Findings:
    item = bench.saved()
    here = zone_info(bench.context.zone)
    utc = bench.at(9).replace(tzinfo=here)
    came = item.Start, item.StartUTC, item.PropertyAccessor.GetProperty(_START)
    yield found(
        "dates-out", "an appointment's start: itself, in UTC, in MAPI", came, (bench.at(9), *[utc.astimezone(UTC)] * 2)
    )
    claims = [each.tzinfo is not None for each in (item.Start, item.StartUTC)]
    yield found("dates-out", "the first two claim a zone", claims, (True, True))
    item.Start = bench.at(9).replace(tzinfo=None)
    yield found("naive-dates-in", "set it to nine without a zone", item.Start, utc.astimezone(UTC))
    item.Start = bench.at(9).replace(tzinfo=zone_info("America/New_York"))
    yield found("aware-dates-in", "set it to nine in New York", item.Start, bench.at(9) + timedelta(hours=5))
    came_back = refusal(lambda: setattr(item, "Start", date(2027, 2, 2)))
    yield found("plain-dates-in", "set it to a date without a time", came_back, "refused by TypeError")


def _kinds(bench: Bench) -> Findings:
    item = bench.saved()
    for name, value in (("Subject", None), ("BusyStatus", "2"), ("ReminderSet", 1)):
        came = refusal(partial(setattr, item, name, value))
        yield found("wrong-kinds", f"set {name} to {value!r}", came, _MISMATCH)


def _subject(bench: Bench) -> Findings:
    item = bench.appointment()
    item.Subject = "x" * 300
    item.Save()
    yield found("long-subject", "set a subject of 300 characters: how many came back", len(item.Subject), 255)


def _accessor(bench: Bench) -> Findings:
    item = bench.appointment()
    item.Body = "x" * _LONG
    item.Save()
    accessor = bench.again(item).PropertyAccessor
    yield found(
        "long-values",
        f"read a body of {_LONG} characters by its MAPI name",
        refusal(lambda: accessor.GetProperty(_BODY)),
        _MEMORY,
    )
    yield found(
        "bodies-not-set", "set HTML by its MAPI name", refusal(lambda: accessor.SetProperty(_HTML, b"<p>")), _NO_SUPPORT
    )


def _several(bench: Bench) -> Findings:
    item = bench.saved()
    names = [mapi()[name].schema for name in ("PidTagSubject", "PidLidLocation", "PidNameKeywords")]
    item.PropertyAccessor.SetProperties(names[:2], ["Subject", "Place"])
    item.Save()
    again = bench.appointment_again(item)
    yield found("several-set", "set two properties by one call", (again.Subject, again.Location), ("Subject", "Place"))
    values = list(again.PropertyAccessor.GetProperties(names))
    yield found("several-given", "read them by one call", values[:2], ("Subject", "Place"))
    code = values[2] if isinstance(values[2], int) else 0
    wanted = refused(ComCode.NOT_FOUND)
    yield found("several-given", "what stands for one that is not set", refused(_signed(code)), wanted)


def _signed(code: int) -> int:
    return code - 0x100000000 if code > 0x7FFFFFFF else code  # noqa: PLR2004 - as C reads it


def _fields(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Calendar)
    item = bench.appointment(folder)
    item.UserProperties.Add("SelfTest", 1).Value = "u1"
    item.Save()
    table = folder.GetTable()
    table.Columns.RemoveAll()
    table.Columns.Add("SelfTest")
    yield found("user-fields", "gave an item a field of its own, and read it in a table", table.GetArray(1), (("u1",),))


def _bodies(bench: Bench) -> Findings:
    item = bench.appointment()
    item.RTFBody = rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}Gr\'fc\u223?e \b fett\b0\par zwei}"
    item.Save()
    item = bench.appointment_again(item)
    yield found("rtf-text", "wrote RTF: the text", item.Body, "Grüße fett\r\nzwei\r\n")
    rtf = bytes(item.RTFBody)
    yield found(
        "rtf-rewritten",
        "the RTF: kept bold, begins as it did",
        (rb"\b" in rtf, rtf.startswith(rb"{\rtf1\ansi{\fonttbl")),
        (True, False),
    )
    item.Body = "Only\nText"
    item.Save()
    item = bench.appointment_again(item)
    yield found("text-ends-line", "wrote text of two lines", item.Body, "Only\r\nText\r\n")
    yield found("text-drops-rtf", "its RTF is bold", rb"\b fett" in bytes(item.RTFBody), expected=False)


def _files(bench: Bench) -> Findings:
    item = bench.saved()
    item.Body = "Text"
    add_file(item, "plan ü.txt", BytesIO(b"Plan"), bench.context)
    item.Save()
    again = bench.again(item)
    (file,) = read_files(again)
    save_file(again, file, into := BytesIO(), bench.context)
    came = file.name, told(into.getvalue() == b"Plan")
    yield found("files", "hung a file on an item: its name, its bytes are the same", came, ("plan ü.txt", "True"))
    yield found("file-in-text", "its text, of one word until then", again.Body, " Text\r\n")


def _folders(bench: Bench) -> Findings:
    folder = bench.folder(DefaultFolder.Contacts)
    cast(ContactItem, folder.Items.Add()).Save()
    folder.Name = f"{folder.Name} renamed"
    name = folder.Name
    target = bench.root(1)
    folder.MoveTo(target)
    yield found(
        "folder-moves",
        "renamed a folder with an item, moved it to another data file: items",
        target.Folders.Item(name).Items.Count,
        1,
    )
    came = refusal(lambda: target.Folders.Add(name.upper(), int(DefaultFolder.Contacts)))
    yield found("folder-names", "made another of that name in other letters", came, refused(ComCode.INVALID_ARGUMENT))
    target.Folders.Item(name).Delete()
    deleted = target.Store.GetDefaultFolder(int(DefaultFolder.DeletedItems)).Folders
    yield found("folder-deleted", "deleted it: folders among the deleted items", deleted.Count, 1)
    bin_ = target.Store.GetDefaultFolder(int(DefaultFolder.DeletedItems))
    came = refusal(lambda: setattr(bin_, "Name", "No"))
    yield found("default-folder-name", "renamed a folder of Outlook's own", came, refused(ComCode.ACCESS_DENIED))


PART = Part(
    "Values, bodies, files and folders",
    (
        ask(_no_date, no_date_is_4501="A date that is not set is the first of January 4501."),
        ask(
            _dates,
            dates_out="Dates are digits of the wall clock that claim to be UTC; by their UTC names they are.",
            naive_dates_in="A date without a zone is taken for this machine's time, and made UTC.",
            aware_dates_in="A date with a zone is made UTC.",
            plain_dates_in="A date without a time is no date.",
        ),
        ask(_kinds, wrong_kinds="Values of another kind are refused."),
        ask(_subject, long_subject="A subject is cut to 255 characters."),
        ask(
            _accessor,
            long_values="Long values are not given by their MAPI names.",
            bodies_not_set="Bodies are not set by their MAPI names.",
        ),
        ask(
            _several,
            several_set="Several properties are set by one call.",
            several_given="Several properties are given by one call, with an error's number for what is not set.",
        ),
        ask(_fields, user_fields="Fields of a user's own are columns of the folder's tables."),
        ask(
            _bodies,
            rtf_text="The text of RTF has a line end more.",
            rtf_rewritten="RTF comes back in Outlook's own words.",
            text_ends_line="A text has Windows' line ends, and one more.",
            text_drops_rtf="A text drops the formatting.",
        ),
        ask(_files, files="Files go in and out by their names, byte by byte."),
        ask(
            _folders,
            folder_moves="A folder moves to another store with its items.",
            folder_names="Names of folders differ by more than case.",
            folder_deleted="A folder that is deleted is among the deleted items.",
            default_folder_name="Outlook's own folders keep their names.",
        ),
    ),
)
