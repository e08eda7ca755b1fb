"""Service levels on a ticket's page: the strip, the card beside it, the ball, the policy, promises."""
