"""What stands in the forms of replies and comments."""
