"""Dashboards by mail, at fixed times."""
