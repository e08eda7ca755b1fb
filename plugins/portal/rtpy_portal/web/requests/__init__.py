"""A request and the list of them."""
