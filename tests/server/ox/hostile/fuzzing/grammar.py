"""Requests that are nearly right: the right words in wrong places, with wrong values, twice, in other encodings."""

from __future__ import annotations

import codecs
from typing import TypeAlias

from hypothesis import strategies as st

from tests.server.ox.hostile.fuzzing.scene import Place
from tests.support.ox import elements as ox

Bodies: TypeAlias = st.SearchStrategy[bytes]

COMMON = "client_id created_by modified_by creation_time categories private_flag color_label attachments"
ATTRIBUTES = """ox:confirm ox:external ox:mail ox:displayname ox:folderpermission ox:objectreadpermission
ox:objectwritepermission ox:objectdeletepermission ox:admin_flag ox:emailfield ox:id ox:folder_id external D:confirm"""
QUERY = "folder_id object_id lastsync objectmode user group resource resourcegroup"
SERIES = """recurrence_type interval days day_in_month month until occurrences recurrence_id recurrence_position
recurrence_date_position deleteexceptions changeexceptions"""
APPOINTMENT = f"""title start_date end_date full_time location note shown_as alarm_flag alarm ignore_conflicts
notify_participants uid participants confirm confirm_message {SERIES}"""
TASK = f"""title note start_date end_date status percent_completed priority date_completed target_duration
actual_duration target_costs actual_costs currency trip_meter alarm_flag alarm participants confirm confirm_message
{SERIES}"""
CONTACT = """last_name first_name displayname title email1 email2 birthday anniversary image1 image_content_type note
distributionlist distributionlist_flag defaultaddress userfield01 number_of_children"""
FOLDER = "title module type permissions owner defaultfolder"
NAMES = {"folders": FOLDER, "calendar": APPOINTMENT, "contacts": CONTACT, "tasks": TASK, "groupuser": QUERY}

_ODD_NUMBERS = (
    0, 1, -1, 2, 5, 31, 127, 128, 255, 256, 999, 1000, 2**31 - 1, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63), 10**30,
)  # fmt: skip
_MOMENTS = (
    0, -1, 86_400_000, 951_782_400_000, 1_994_000_000_000, 1_993_999_999_999, 1_679_792_400_000, 253_402_300_799_000,
    253_402_300_800_000, -62_135_596_800_000, -62_135_596_800_001, 8_640_000_000_000_000,
)  # fmt: skip
_WORDS = (
    "", " ", "true", "false", "TRUE", "yes", "none", "daily", "weekly", "monthly", "yearly", "accept", "decline",
    "tentative", "SAVE", "DELETE", "CONFIRM", "CLEAR", "save", "MODIFIED", "DELETED", "LIST",
    "NEW_AND_MODIFIED,DELETED", "MODIFIED,,LIST", "calendar", "contact", "task", "unbound", "private", "public",
    "shared", "*", "**", "*a*", "1.5", "1e309", "NaN", "١٢٣", "0x10", "+1", "1 000", "a@example.org", "@",
    "/o=Firma/cn=x", "image/png", "iVBORw0KGgo=", "&#xD800;", "&#xDFFF;", "&#0;", "&#x10FFFF;", "&lt;&amp;",
    "<![CDATA[x]]>", "<!-- x -->", "<?x y?>", "&nope;", "\u202eabc", "e\u0301", "𝄞" * 90, "'; DROP TABLE items; --",
    "%s%n", "../../etc/passwd", "\r\n", "\t",
)  # fmt: skip


_RIGHT = {
    "title": "a ä", "last_name": "b", "displayname": "c", "email1": "a@example.org", "note": "d", "location": "e",
    "start_date": "1994000000000 1993939200000", "end_date": "1994003600000 1994025600000", "until": "1994889600000",
    "birthday": "0 -86400000", "alarm": "0 15 1993990000000", "full_time": "true false", "shown_as": "0 1 2 3 4",
    "alarm_flag": "true false", "ignore_conflicts": "true", "recurrence_type": "daily weekly monthly yearly none",
    "interval": "1 2 999", "days": "1 2 62 127", "day_in_month": "1 5 31", "month": "0 1 11",
    "occurrences": "1 3 999", "recurrence_position": "1 2",
    "recurrence_date_position": "1993939200000 1994025600000", "color_label": "0 10",
    "deleteexceptions": "1994025600000 1994025600000,1994112000000", "private_flag": "true false",
    "status": "1 2 3 4 5", "percent_completed": "0 50 100", "priority": "1 2 3", "target_costs": "1 2.5",
    "categories": "x,y", "module": "task", "lastsync": "0 1",
    "objectmode": "MODIFIED DELETED,LIST NEW_AND_MODIFIED,DELETED,LIST", "user": "* a*", "group": "*",
    "type": "private public", "confirm": "accept decline tentative none", "distributionlist_flag": "true",
}  # fmt: skip
_WHEN = "<ox:start_date>1994000000000</ox:start_date><ox:end_date>1994003600000</ox:end_date>"
_USUAL = {
    "folders": "<ox:title>f</ox:title><ox:module>task</ox:module>",
    "calendar": f"<ox:title>a</ox:title>{_WHEN}<ox:ignore_conflicts>true</ox:ignore_conflicts>",
    "contacts": "<ox:last_name>c</ox:last_name>",
    "tasks": f"<ox:title>t</ox:title>{_WHEN}",
}
"""What makes a new object complete."""


class Grammar:
    """The strategies, for a server with certain folders and items."""

    def __init__(self, places: list[Place], ids: list[int]) -> None:
        numbers = st.one_of(st.sampled_from(ids), st.sampled_from(ids), st.sampled_from(_ODD_NUMBERS))
        spans = st.sampled_from(_MOMENTS) | st.integers(-(2**45), 2**45)
        lists = st.lists(spans.map(str), min_size=2, max_size=40).map(",".join)
        words = st.sampled_from(_WORDS) | st.text(max_size=12).map(ox.text)
        self._places = places
        self._ids = numbers.map(str)
        self._odd = st.one_of(numbers.map(str), spans.map(str), words, words, lists)

    def element(self, names: str) -> st.SearchStrategy[str]:
        """One element, seldom in another namespace, with what belongs into it or with something else."""
        return st.sampled_from(f"{names} {COMMON}".split()).flatmap(self._named)

    def _named(self, name: str) -> st.SearchStrategy[str]:
        right = st.sampled_from(_RIGHT[name].split()) if name in _RIGHT else self._members()
        prefix = st.sampled_from(["ox:"] * 20 + ["D:", "x:", ""])
        inside = st.one_of(*[right] * 8, self._odd, self._members())
        return st.builds(lambda start, text: f"<{start}{name}>{text}</{start}{name}>", prefix, inside)

    def _members(self) -> st.SearchStrategy[str]:
        """Participants, rights and list members."""
        attributes = st.dictionaries(
            st.sampled_from(ATTRIBUTES.split()),
            st.sampled_from(["true", "false", "", "0", "1", "2", "4", "8", "128", "-2", "3", "accept", "x", "a@b"]),
        )
        kind = st.sampled_from(["ox:user", "ox:group", "ox:resource", "ox:email", "ox:attachment", "D:user"])
        member = st.builds(_member, kind, attributes, self._ids | self._odd)
        return st.lists(member, max_size=6).map("".join)

    def control(self, servlet: str) -> st.SearchStrategy[str]:
        """What a write says of its object: a new one, one that is there, or anything."""
        places = st.sampled_from([place for place in self._places if place.servlet == servlet] or self._places)
        new = places.map(lambda place: f"<ox:folder_id>{place.folder}</ox:folder_id>{_USUAL[servlet]}")
        there = places.map(
            lambda place: f"<ox:object_id>{place.item}</ox:object_id><ox:folder_id>{place.folder}</ox:folder_id>"
        )
        numbered = [f"<ox:{name}>{{}}</ox:{name}>" for name in ("object_id", "folder_id", "folder")]
        anything = st.tuples(*[st.builds(one.format, self._ids) | st.just("") for one in numbered]).map("".join)
        method = st.sampled_from(
            ["", "", "", *(f"<ox:method>{word}</ox:method>" for word in ("DELETE", "CONFIRM", "x"))]
        )
        version = st.sampled_from(["<ox:last_modified>4000000000000</ox:last_modified>", "<ox:last_modified/>"])
        return st.tuples(st.one_of(new, there, there, anything), method, version).map("".join)

    def writes(self, servlet: str) -> Bodies:
        """Writes of one servlet."""
        said = st.lists(self.element(NAMES[servlet]), max_size=5).map("".join)
        prop = st.tuples(self.control(servlet), said).map("".join)
        block = st.builds(_block, st.sampled_from(_BLOCKS), prop)
        return self._encoded(st.builds(_document, st.sampled_from(_UPDATES), st.lists(block, max_size=3).map("".join)))

    def reads(self) -> Bodies:
        """Reads of any servlet."""
        query = st.lists(self.element(QUERY), max_size=5).map("".join)
        modes = st.sampled_from(["", "<ox:objectmode>MODIFIED,DELETED,LIST</ox:objectmode>"])
        prop = st.builds(lambda said, mode: f"<D:prop>{said}{mode}</D:prop>", query, modes)
        return self._encoded(st.builds(_document, st.sampled_from(_FINDS), prop))

    def _encoded(self, documents: st.SearchStrategy[str]) -> Bodies:
        return st.builds(_encode, documents, st.sampled_from(_ENCODINGS), st.sampled_from([0] * 30 + [1, 7, 40]))


_UPDATES = ("D:propertyupdate",) * 25 + ("D:multistatus", "D:multistatus/D:propertyupdate", "propertyupdate", "x:a")
_FINDS = ("D:propfind",) * 12 + ("D:multistatus", "x:a", "D:prop")
_BLOCKS = ("D:set/D:prop",) * 30 + ("D:set/D:set/D:prop", "D:remove/D:prop", "D:prop", "D:set", "ox:set/ox:prop")
_ENCODINGS = (
    *(("utf-8", ""),) * 120, ("utf-8", '<?xml version="1.0" encoding="UTF-8"?>'),
    ("utf-8-sig", ""), ("utf-16", ""), ("utf-16-le", ""), ("utf-16", '<?xml version="1.0" encoding="UTF-16"?>'),
    ("utf-32", ""), ("latin-1", '<?xml version="1.0" encoding="ISO-8859-1"?>'),
    ("utf-8", '<?xml version="1.0" encoding="UTF-16"?>'), ("utf-8", '<?xml version="1.0" encoding="UTF-7"?>'),
    ("utf-8", '<?xml version="1.0" encoding="klingon"?>'), ("cp500", '<?xml version="1.0" encoding="IBM500"?>'),
    ("utf-8", '<?xml version="1.0" standalone="no"?>'), ("utf-8", '<?xml version="2.0"?>'),
)  # fmt: skip


def _member(kind: str, attributes: dict[str, str], text: str) -> str:
    said = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<{kind}{said}>{text}</{kind}>"


def _block(path: str, prop: str) -> str:
    for name in reversed(path.split("/")):
        prop = f"<{name}>{prop}</{name}>"
    return prop


def _document(path: str, content: str) -> str:
    outermost, _, inner = path.partition("/")
    content = _block(inner, content) if inner else content
    return f'<{outermost} {ox.NAMESPACES} xmlns:x="urn:x">{content}</{outermost}>'


def _encode(document: str, encoding: tuple[str, str], lost: int) -> bytes:
    """The document in an encoding, with a declaration that may lie, and perhaps without its last octets."""
    name, declaration = encoding
    raw = codecs.encode(declaration + document, name, "replace")
    return raw[: len(raw) - lost]
