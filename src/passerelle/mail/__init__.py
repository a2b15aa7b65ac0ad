"""Mail: what it says, and how it leaves through a relay (RFC 5321, 5322, 6047)."""
