"""Setting up what can be asked."""
