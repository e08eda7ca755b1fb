"""Scrips in the administration: listed, edited, tried out."""
