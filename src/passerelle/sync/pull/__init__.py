"""Brings what changed in a folder at the peer."""
