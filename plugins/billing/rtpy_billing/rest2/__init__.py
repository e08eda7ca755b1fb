"""Addresses for programs under /REST/2.0/billing/."""
