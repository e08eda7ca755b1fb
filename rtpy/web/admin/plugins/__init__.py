"""Pages about plugins."""
