"""The line of revisions of service levels."""
