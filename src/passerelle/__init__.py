"""Passerelle: calendars, contacts and tasks of a groupware server, in step with Outlook and other clients.

The layers and the direction of their imports are listed in CONTRIBUTING.md and checked by import-linter.
"""

__version__ = "0.1.0.dev0"
"""That of pyproject.toml, which a test compares: to ask the installed package costs a tenth of a connector's start."""
