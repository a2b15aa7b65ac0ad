"""Deletions at the peer: noted, guarded, believed, carried out."""
