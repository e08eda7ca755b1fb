"""Ways in: keys, lost keys, accounts."""
