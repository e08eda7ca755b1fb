"""Taxes of invoices, pure: which tax a line bears, and the arithmetic of EN 16931."""
