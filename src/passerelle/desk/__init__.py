"""The web pages: calendar, contacts and tasks, in front of the server or of a replica.

A page is a function from a :class:`~passerelle.desk.visit.Visit` to an answer. All reading and writing goes through the
visit's session; who is let in is the business of a :class:`~passerelle.desk.doors.Doors`.
"""
