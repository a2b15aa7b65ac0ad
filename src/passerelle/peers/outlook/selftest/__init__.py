"""What a real Outlook does, found out by whoever has one: a scripted round trip of all kinds of items, and a report.

The tests hold the adapter to a double of Outlook, which is as right as our reading (decision 0041). Here the same
habits are asked of the Outlook that runs, in data files made for it and taken away again, and the report says of each
whether it is as the double imitates it. Nothing is ever sent, and unless one asks for more, nothing is written outside
those files. The round trips go through the production code: :class:`~passerelle.peers.outlook.peer.Outlook`.
"""
