"""Agreed hours."""
