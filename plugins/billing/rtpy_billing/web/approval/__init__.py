"""Approval: was it worked, and what is charged."""
