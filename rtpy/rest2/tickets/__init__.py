"""Tickets: made, read, changed, searched, spoken on, one by one and many at once."""
