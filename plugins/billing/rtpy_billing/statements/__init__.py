"""Statements for customers: built of public parts only, shown, printed and mailed on schedule."""
