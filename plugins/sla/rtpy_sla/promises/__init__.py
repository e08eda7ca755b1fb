"""Dates that somebody gave a customer."""
