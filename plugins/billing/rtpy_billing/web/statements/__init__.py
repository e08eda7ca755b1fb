"""Statements as staff see them before customers do."""
