"""Folders in step: those of the peer here, and those of the user there."""
