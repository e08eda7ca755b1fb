"""Searching: the page of results with its builder, saved searches, what leaves the site."""
