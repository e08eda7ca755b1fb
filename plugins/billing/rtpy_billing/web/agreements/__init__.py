"""Pages of agreements: what was agreed, what is left, and every movement of a balance."""
