"""The pages about one ticket, and lists of them."""
