"""The line to a server that speaks HTTP: its address, whom we trust there, the proxy on the way, and how long we wait.

Nothing here knows what is said over it: every peer that speaks HTTP is reached in this way. ``settings`` loads nothing
of HTTP, for commands that only read a replica.
"""
