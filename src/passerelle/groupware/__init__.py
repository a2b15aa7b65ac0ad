"""The rules: who may do what, folders, conflicts, free/busy, invitations, reminders and search."""
