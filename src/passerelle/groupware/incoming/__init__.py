"""Scheduling messages that come by mail, and what they change (RFC 5546; RFC 6047; semantics, 5.3, 5.4 and 5.9).

Answers of participants to what people here organise, and invitations by people outside. A message changes what its
author may change, and nothing else; :mod:`passerelle.mail` finds out who the author is.
"""

from passerelle.groupware.incoming.letters import Letter, Report
from passerelle.groupware.incoming.taking import take

__all__ = ["Letter", "Report", "take"]
