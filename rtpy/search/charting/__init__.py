"""Charts of tickets: what a search finds, in groups, counted and measured in the database."""
