"""The pages about people: customers and staff."""
