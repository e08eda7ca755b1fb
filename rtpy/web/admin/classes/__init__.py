"""Classes of articles in the administration."""
