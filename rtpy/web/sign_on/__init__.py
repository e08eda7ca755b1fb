"""Logging in over somebody else's word: a provider of single sign-on, or the proxy in front."""
