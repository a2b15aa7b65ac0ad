"""The line to a server that speaks HTTP: its address, whom we trust there, the proxy on the way, and how long we wait.

Nothing here knows what is said over it: every peer that speaks HTTP is reached in this way.
"""

from passerelle.peers.line.address import check_address, is_loopback
from passerelle.peers.line.certificates import Certificate, Untrusted, fingerprint_of
from passerelle.peers.line.patience import USUAL, Patience
from passerelle.peers.line.settings import NO_PROXY, NO_SECRETS, SYSTEM_PROXY, Line, LineSecrets
from passerelle.peers.line.transport import LineTransport, seen_certificate

__all__ = [
    "NO_PROXY",
    "NO_SECRETS",
    "SYSTEM_PROXY",
    "USUAL",
    "Certificate",
    "Line",
    "LineSecrets",
    "LineTransport",
    "Patience",
    "Untrusted",
    "check_address",
    "fingerprint_of",
    "is_loopback",
    "seen_certificate",
]
