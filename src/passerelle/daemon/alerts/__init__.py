"""Tells the user, wherever they are, that an account needs them: once for each matter, never twice."""
