"""The calendar page, and the dialog of an appointment."""
