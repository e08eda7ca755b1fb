"""Assets and articles."""
