"""Everything that is about to fall through, at the end of the answer and at that of the bill."""
