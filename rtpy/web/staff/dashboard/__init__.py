"""Dashboards: panes of searches, charts and portlets on one page."""
