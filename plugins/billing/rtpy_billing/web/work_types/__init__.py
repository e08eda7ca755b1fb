"""Work types."""
