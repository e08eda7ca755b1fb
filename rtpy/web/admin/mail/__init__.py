"""Incoming and outgoing mail by state."""
