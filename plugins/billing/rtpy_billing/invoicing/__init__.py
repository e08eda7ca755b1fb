"""From approved work to a paid invoice."""
