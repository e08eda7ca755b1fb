"""Notes on a page of their own, for rtpy."""
