"""Catalogs of assets in the administration."""
