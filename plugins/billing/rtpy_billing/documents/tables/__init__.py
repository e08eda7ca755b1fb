"""Issued documents for the books: our own CSV, Xero, QuickBooks Online and Desktop, electronic invoices in a bundle."""
