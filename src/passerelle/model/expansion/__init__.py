"""Recurrence rules worked out on the wall clock: which local times a rule names (RFC 5545, section 3.3.10).

We walk rules ourselves rather than with python-dateutil, which cannot start in the middle, walks to the year
9999 for a rule that never matches, and takes ``BYDAY=MO,2TU`` for an intersection. Tests compare the two.
"""
