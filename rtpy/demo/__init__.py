"""The sample consultancy: invented clients, staff and three months of tickets, the same for the same seed."""
