"""Ladders of escalation, as administrators set them up."""
