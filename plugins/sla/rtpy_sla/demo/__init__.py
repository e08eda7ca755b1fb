"""The sample shop's service levels."""
