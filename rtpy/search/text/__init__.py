"""Full text: words of tickets, messages, files, articles and assets, found by an index in the database."""
