"""Service reports as values with public parts only, and as PDF. Pure."""
