"""Time, agreements and invoices for rtpy: a plugin on its public hooks."""
