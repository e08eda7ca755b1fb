"""Known issues, for customers and for staff."""
