"""Has the user's session keep the daemon running: a systemd user unit, or an autostart entry where there is none."""
