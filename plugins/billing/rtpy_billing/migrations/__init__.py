"""Billing's own line of revisions."""
