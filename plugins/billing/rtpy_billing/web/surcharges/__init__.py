"""Surcharges."""
