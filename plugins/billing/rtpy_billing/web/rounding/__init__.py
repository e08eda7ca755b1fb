"""Rules of rounding."""
