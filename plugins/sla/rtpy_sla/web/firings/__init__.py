"""Steps of escalation that were taken."""
