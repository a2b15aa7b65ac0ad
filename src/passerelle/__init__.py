"""Passerelle: calendars, contacts and tasks of a groupware server, in step with Outlook and other clients.

The layers and the direction of their imports are listed in CONTRIBUTING.md and checked by import-linter.
"""

from importlib.metadata import version

__version__ = version("passerelle")
