"""Peer: a server with the OX WebDAV/XML interface, be it ours or an Open-Xchange (OX reference, section 23)."""

from passerelle.peers.ox_webdav.connection import Connection
from passerelle.peers.ox_webdav.peer import OxWebDav

__all__ = ["Connection", "OxWebDav"]
