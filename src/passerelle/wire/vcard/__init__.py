"""vCard (2.1, RFC 2426, RFC 6350): contacts and distribution lists from and to the files of other address books.

What the model has no word for is kept with the item and written again; what cannot be kept is listed.
"""

from __future__ import annotations

from passerelle.wire.findings import Problem
from passerelle.wire.vcard.entries import ReadResult
from passerelle.wire.vcard.reader import read
from passerelle.wire.vcard.writer import write, write_parts

__all__ = ["Problem", "ReadResult", "read", "write", "write_parts"]
