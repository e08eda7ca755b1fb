"""The page on which a customer agrees to more, without a login."""
