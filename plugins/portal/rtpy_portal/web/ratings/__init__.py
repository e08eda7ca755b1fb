"""Rating a request, and what staff learn of it."""
