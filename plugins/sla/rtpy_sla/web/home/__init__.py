"""On the first page: what is about to slip."""
