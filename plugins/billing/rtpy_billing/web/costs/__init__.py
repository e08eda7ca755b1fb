"""What hours cost ourselves."""
