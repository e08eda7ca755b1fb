"""The log of configuration, read."""
