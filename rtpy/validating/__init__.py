"""Validating: what does not fit together in the database, found by statements over whole tables, and repaired."""
