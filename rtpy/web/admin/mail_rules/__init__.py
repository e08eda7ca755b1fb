"""Pages of the rules for new mail."""
