"""Sellers: the legal entities that bill, and their numbers."""
