"""What happened: transactions, histories, attachments, and the list of all changes."""
