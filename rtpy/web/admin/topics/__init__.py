"""Topics of articles in the administration."""
