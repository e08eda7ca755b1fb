"""Credit to those who answer."""
