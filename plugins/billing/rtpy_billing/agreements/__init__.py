"""Agreements with customers: changing them, filling their balances, asking for consent, warning in time."""
