"""A person's data: given out to them, and taken away when they may no longer be kept."""
