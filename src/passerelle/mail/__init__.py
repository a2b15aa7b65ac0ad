"""Mail: what it says, how it leaves through a relay, and how it comes in (RFC 5321, 5322, 6047)."""
