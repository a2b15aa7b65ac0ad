"""The contacts page, and the dialog of a contact."""
