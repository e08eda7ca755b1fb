"""Customers: organisations as those who are billed."""
