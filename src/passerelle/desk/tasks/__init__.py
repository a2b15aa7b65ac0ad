"""The tasks page, and the dialog of a task."""
