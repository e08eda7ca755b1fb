"""Mailboxes that are fetched: how it goes with each, their settings, a test, and fetching at once."""
