"""Deletions at the peer: noted, guarded, believed."""
