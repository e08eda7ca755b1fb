"""People and groups of directories kept up to date here: planned first, held back when too much would change."""
