"""Issued documents as tables for the books: our own CSV, Xero, QuickBooks Online, QuickBooks Desktop (IIF)."""
