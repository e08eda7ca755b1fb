"""What the sample consultancy has of billing: three months of work, two of them on invoices."""
