"""An LDAP directory (RFC 4511) as a list of users that the server's directory follows; it is only read."""
