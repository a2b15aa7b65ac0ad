"""What goes wrong with Outlook (sections 6 and 8): most of it is not for a self-test to bring about."""

from __future__ import annotations

from passerelle.peers.outlook.selftest.parts import Part, nobody_asks

BUSY = "busy"
"""The question that is answered on the way, if Outlook was busy meanwhile."""

_HARM = "it would get in your way"
PART = Part(
    "Trouble",
    (),
    (
        nobody_asks(BUSY, "While Outlook is busy it rejects calls, which are tried again.", "it was never busy"),
        nobody_asks("end", "An end of Outlook in the middle of a call is told by RPC_S_CALL_FAILED.", _HARM),
        nobody_asks("read-only", "A folder that is read-only refuses to save, delete and rename.", "it takes one"),
        nobody_asks("damaged", "A damaged item stands in tables and tells nothing.", "it takes one"),
        nobody_asks("open-items", "Only so many items of a store may be open at a time.", _HARM),
    ),
)
