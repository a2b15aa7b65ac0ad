"""The table of distribution lists. Outlook's have a name and members; whatever else ours say is kept beside them."""

from __future__ import annotations

from passerelle.model.items import DistributionList, Member
from passerelle.peers.outlook.mapping.aspects import Aspect, Patch, one_line
from passerelle.peers.outlook.mapping.common import COMMON
from passerelle.peers.outlook.mapping.contacts import file_as
from passerelle.peers.outlook.mapping.context import Context
from passerelle.peers.outlook.mapping.people import said
from passerelle.peers.outlook.mapping.values import Entry, Values

MEMBERS = "GetMember"
"""The member that stands for all members."""


def _decode_name(values: Values, _: Context) -> Patch:
    return {"display_name": values.get("DLName") or None}


def _encode_name(item: DistributionList, _: Context) -> Values:
    return {"DLName": one_line(item.display_name) or file_as(item)}


def _decode_members(values: Values, _: Context) -> Patch:
    listed = values.get(MEMBERS)
    found = [one for one in listed if isinstance(one, Entry)] if isinstance(listed, tuple) else []
    return {"members": tuple(Member(mail=one.address, name=said(one.name, one.address)) for one in found)}


def _encode_members(item: DistributionList, _: Context) -> Values:
    each = {one.mail.casefold(): Entry(one.mail, one.mail) for one in item.members if one.mail}
    return {MEMBERS: tuple(each.values())}


DISTRIBUTION_LIST: tuple[Aspect, ...] = (
    Aspect(attributes=("display_name",), members=("DLName",), decode=_decode_name, encode=_encode_name),
    Aspect(
        attributes=("members",),
        members=(MEMBERS,),
        decode=_decode_members,
        encode=_encode_members,
        change="each address once; entries of contacts are shown as addresses, and stay entries of contacts",
    ),
    *COMMON,
)
