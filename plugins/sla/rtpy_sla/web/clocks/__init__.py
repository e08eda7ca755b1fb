"""One clock, and all clocks of a ticket: how each due moment came about."""
