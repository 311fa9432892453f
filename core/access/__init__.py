"""Access: sign-in, sessions, tokens, keys, and the Casbin policy that decides every request."""
