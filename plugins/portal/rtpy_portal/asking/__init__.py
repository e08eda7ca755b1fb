"""New requests: topics, their fields, suggestions, and what keeps robots away."""
