"""A customer's billing page."""
