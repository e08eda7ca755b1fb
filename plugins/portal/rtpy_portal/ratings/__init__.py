"""How satisfied customers were, asked with measure, and what follows of it."""
