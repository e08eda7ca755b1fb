"""Shredding: rows that are gone for good with all that hangs on them, after a dump that can put them back."""
