"""The control channel: how other processes of the same user ask a running daemon, and tell it what to do.

:class:`~passerelle.daemon.control.client.Control` is what they use. What it loads is light, so that asking is fast.
"""
