"""Knowledge as staff write it."""
