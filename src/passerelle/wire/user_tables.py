"""Tables of users (CSV, RFC 4180) as spreadsheets and other servers export them: any delimiter, encoding and heading.

Excel writes semicolons where the comma is a decimal point, and UTF-8 with a mark, UTF-16 or Windows-1252, as it was
asked.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

import msgspec

from passerelle.model.errors import Unreadable
from passerelle.model.listings import ListedUser, UnfitEntry
from passerelle.model.text import Text

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DELIMITERS = ";,\t|"
_GROUPS = re.compile(r"[;,|]")
_MAX_CELL = 100_000

_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "login": ("login", "username", "user", "userid", "uid", "account", "samaccountname", "benutzername", "anmeldename",
              "benutzer", "identifiant", "utilisateur"),
    "display_name": ("name", "displayname", "fullname", "cn", "anzeigename", "nomcomplet", "nomaffiche"),
    "first_name": ("first", "firstname", "givenname", "forename", "vorname", "prenom"),
    "last_name": ("last", "lastname", "surname", "sn", "familyname", "nachname", "nom", "nomdefamille"),
    "email": ("email", "mail", "emailaddress", "mailaddress", "emailadresse", "courriel", "adresseemail",
              "adressemail"),
    "groups": ("groups", "group", "gruppen", "gruppe", "groupes", "groupe", "memberof"),
    "zone": ("zone", "timezone", "tz", "zeitzone", "fuseau", "fuseauhoraire"),
    "language": ("language", "lang", "locale", "sprache", "langue"),
    "password": ("password", "passwort", "kennwort", "motdepasse", "pass"),
}  # fmt: skip
"""What a column may be called, in the languages that we speak, without case, accents, blanks and signs."""
_FIELDS = {heading: field for field, headings in _HEADINGS.items() for heading in headings}


def read(data: bytes) -> Iterator[ListedUser | UnfitEntry]:
    """The users of a table, one a line; a line that is no user comes as what is wrong with it. Empty lines are skipped.

    Raises:
        Unreadable: it is no table, or has no column of logins.
    """
    text = _text(data)
    csv.field_size_limit(_MAX_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        columns = _columns(next(rows, []))
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield _entry(columns, cells, rows.line_num)
    except csv.Error as error:
        raise Unreadable(Text("The table breaks off: {reason}.", reason=str(error)), rows.line_num) from error


def _text(data: bytes) -> str:
    """The text, in the encoding that its mark or its bytes tell; Windows-1252 where it is not UTF-8."""
    marked = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    if marked is None and data[1:2] == b"\x00":
        marked = "utf-16-le"
    try:
        return data.decode(marked or "utf-8")
    except UnicodeDecodeError:
        if marked is None:
            return data.decode("cp1252", errors="replace")
        raise Unreadable("The table is damaged: it is not in the encoding that it says.") from None


def _delimiter(text: str) -> str:
    """What stands most often in the first line, outside of quotation marks."""
    first = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    return max(_DELIMITERS, key=first.count)


def _columns(cells: list[str]) -> dict[str, int]:
    """Where each field stands.

    Raises:
        Unreadable: there is no login, or one field stands twice.
    """
    found = [(_FIELDS.get(_plain(cell)), number) for number, cell in enumerate(cells)]
    counted = Counter(field for field, _ in found if field is not None)
    if "login" not in counted:
        headings = ", ".join(_HEADINGS)
        raise Unreadable(Text("The first line must name the columns, “login” among them. Known are: {headings}.",
                              headings=headings), 1)  # fmt: skip
    twice = [field for field, times in counted.items() if times > 1]
    if twice:
        raise Unreadable(Text("Two columns mean the same: {field}.", field=twice[0]), 1)
    return {field: number for field, number in found if field is not None}


def _plain(heading: str) -> str:
    """A heading without case, accents, blanks and signs."""
    folded = unicodedata.normalize("NFKD", heading.casefold())
    return "".join(character for character in folded if character.isalnum())


def _entry(columns: Mapping[str, int], cells: list[str], line: int) -> ListedUser | UnfitEntry:
    values = {field: cells[number].strip() for field, number in columns.items() if number < len(cells)}
    place, login = str(line), values.pop("login", "")
    if not login:
        return UnfitEntry(place=place, login="", reason=Text("There is no login."))
    groups = values.pop("groups", None)
    entry = ListedUser(
        place=place,
        login=login,
        groups=None if groups is None else tuple(filter(None, (one.strip() for one in _GROUPS.split(groups)))),
    )
    said = {name: value for name, value in values.items() if value or name in {"first_name", "last_name", "email"}}
    return msgspec.structs.replace(entry, **said)
