"""Capture: work entries from replies, forms, timers, sheets, mail and programs; corrections; suggestions."""
