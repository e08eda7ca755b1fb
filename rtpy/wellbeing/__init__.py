"""How it goes with a site: signs of what is in order and what is not, for its administrators and their watchers."""
