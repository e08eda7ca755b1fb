"""Expenses, travel and parts."""
