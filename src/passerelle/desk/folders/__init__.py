"""The folder tree beside every page, and the dialogs about folders (manual, 7.2 to 7.5)."""
