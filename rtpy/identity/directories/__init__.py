"""Directories of people outside: asked at logins, for tests of their settings, and by the sync."""
