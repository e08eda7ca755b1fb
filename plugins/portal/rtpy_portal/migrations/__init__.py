"""The line of revisions of the portal."""
