"""Policies: what is promised to whom, in which order; their versions; what they would mean for open tickets."""
