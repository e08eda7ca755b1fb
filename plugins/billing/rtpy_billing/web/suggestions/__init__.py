"""Suggestions: work that was seen and not logged."""
