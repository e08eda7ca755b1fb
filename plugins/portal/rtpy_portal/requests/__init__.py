"""Requests as customers see them, and what customers do to them."""
