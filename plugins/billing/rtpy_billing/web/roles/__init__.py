"""Roles of work."""
