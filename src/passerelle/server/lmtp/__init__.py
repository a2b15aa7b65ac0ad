"""LMTP (RFC 2033): the mail server of this machine hands mail over, and hears of each recipient by itself."""
