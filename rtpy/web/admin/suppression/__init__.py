"""Addresses that get no mail."""
