"""People who log time."""
