"""Clocks: what happened to a ticket becomes what was promised, met and missed. Pure."""
