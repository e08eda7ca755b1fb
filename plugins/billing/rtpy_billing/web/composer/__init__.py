"""What stands in the forms of replies, comments and new tickets about the work in them."""
