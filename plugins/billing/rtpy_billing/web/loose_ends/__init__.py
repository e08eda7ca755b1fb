"""The board of loose ends."""
