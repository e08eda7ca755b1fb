"""What people of an organisation may see and do together."""
