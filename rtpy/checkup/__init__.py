"""Looking a site over: may it start, what would fail later, and what is the way out."""
