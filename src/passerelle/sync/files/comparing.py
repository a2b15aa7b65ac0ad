"""Which files of an item are known to both sides, and which to one only. Pure.

A file is never changed: one with other content is another file. So there is nothing to merge, and what both sides did
is simply done on the other one; of a file that both replaced, both successors stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from passerelle.model.ids import FolderId
from passerelle.model.records import Attachment
from passerelle.peers.base import RemoteFile
from passerelle.store import FileLink
from passerelle.sync.context import Context


def copies_in(context: Context, folder: FolderId) -> FolderId:
    """Whose copies the links of files are about: a server has one item in all folders, for which 0 stands."""
    return FolderId(0) if context.peer.is_authority else folder


def new_here(files: Iterable[Attachment], links: Iterable[FileLink]) -> list[Attachment]:
    """The files that the peer does not have yet, as far as is known."""
    linked = {(one.local, one.digest) for one in links}
    return [one for one in files if (one.id, one.digest) not in linked]


def gone_here(files: Iterable[Attachment], links: Iterable[FileLink]) -> list[FileLink]:
    """The peer's files that were taken off here, or replaced by others."""
    here = {(one.id, one.digest) for one in files}
    return [one for one in links if one.local is not None and (one.local, one.digest) not in here]


def new_there(files: Iterable[RemoteFile], links: Iterable[FileLink]) -> list[RemoteFile]:
    """The peer's files that were not known yet."""
    known = {one.remote for one in links}
    return [one for one in files if one.id not in known]


def gone_there(files: Iterable[RemoteFile], links: Iterable[FileLink]) -> list[FileLink]:
    """The files that the peer has no more."""
    there = {one.id for one in files}
    return [one for one in links if one.remote not in there]


def same_as(files: Sequence[Attachment], name: str, digest: str) -> Attachment | None:
    """The one of some files that has the same content; of several, rather one with the same name."""
    alike = [one for one in files if digest and one.digest == digest]
    return next((one for one in alike if one.name == name), alike[0] if alike else None)
