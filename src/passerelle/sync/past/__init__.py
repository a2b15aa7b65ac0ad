"""Appointments that ended long ago stay on the server only, if the user wants that."""
