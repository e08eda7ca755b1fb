"""What mails to customers say to each of them alone."""
