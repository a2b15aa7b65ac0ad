"""Feeds: secret links under which a program reads one calendar, as iCalendar, without logging in (decision 0044).

A feed shows what its maker may read at that moment, at the level of detail that the maker chose. Where the maker may
not pass the calendar on any more, or cannot log in, it is as if the link had never been.
"""
