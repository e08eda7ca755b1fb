"""Service reports of customers."""
