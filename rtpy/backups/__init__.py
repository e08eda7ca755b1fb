"""Backups of a whole site: taken while it runs, verified, restored; and a database copied into one of another kind."""
