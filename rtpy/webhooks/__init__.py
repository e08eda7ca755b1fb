"""Webhooks: what happens to tickets, told to other programs over HTTP."""
