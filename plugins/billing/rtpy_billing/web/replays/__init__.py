"""Real work replayed under an agreement."""
