"""Sends what changed in a folder here."""
