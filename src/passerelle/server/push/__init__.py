"""Tells clients of changes as they happen: over server-sent events, and over UDP as Open-Xchange did."""
