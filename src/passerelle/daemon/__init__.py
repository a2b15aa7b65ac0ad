"""Keeps accounts in step in the background: when the next cycle runs, who may run it, and how that is told."""
