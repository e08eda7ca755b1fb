"""Custom roles, and who watches whole queues."""
