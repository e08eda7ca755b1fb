"""Billing periods, terms of agreements and what a part of a period is worth: dates in, dates and fractions out."""
