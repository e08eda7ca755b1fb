"""The log of a process: what its lines say, what they are about, and what never stands in them."""
