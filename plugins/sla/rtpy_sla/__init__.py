"""Service levels and escalation for rtpy."""
