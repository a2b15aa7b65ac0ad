"""Where a user's accounts are written down, and where their passwords are kept."""
