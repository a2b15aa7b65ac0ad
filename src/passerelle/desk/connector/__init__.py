"""The connector's dialogs (manual, chapters 4 and 6): accounts, how they fare, and what waits for their user."""
