"""Pages of recurring tickets."""
