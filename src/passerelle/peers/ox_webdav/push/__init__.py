"""How OX servers tell of changes: ours over a stream of events, others, perhaps, in datagrams."""

from passerelle.peers.ox_webdav.push.datagrams import PORT, DatagramPush
from passerelle.peers.ox_webdav.push.events import EventPush

__all__ = ["PORT", "DatagramPush", "EventPush"]
