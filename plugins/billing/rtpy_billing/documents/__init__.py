"""What leaves the house, pure: a frozen snapshot of an invoice becomes a PDF, an electronic invoice or a table."""
