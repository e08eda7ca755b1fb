"""What an entry comes to, and why."""
