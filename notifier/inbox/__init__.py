"""Mail in: commands, bounces and letters to people, handed over by a local mail server (LMTP, RFC 2033)."""
