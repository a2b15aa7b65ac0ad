"""What users of a server set about themselves: their password, their card, language and time zone, their logins."""
