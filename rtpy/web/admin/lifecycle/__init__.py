"""Lifecycles: the statuses of tickets and the moves between them."""
