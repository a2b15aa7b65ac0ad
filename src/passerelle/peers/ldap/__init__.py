"""An LDAP directory (RFC 4511) as a list of users that the server's directory follows; it is only read."""

from passerelle.peers.ldap.entries import Attributes, Listing
from passerelle.peers.ldap.search import Source, read

__all__ = ["Attributes", "Listing", "Source", "read"]
