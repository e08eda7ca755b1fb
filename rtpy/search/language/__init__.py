"""The query language (TicketSQL): text to a tree of values and back. Pure."""
