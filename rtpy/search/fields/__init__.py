"""What can be searched: the fields of tickets, transactions, assets and articles."""
