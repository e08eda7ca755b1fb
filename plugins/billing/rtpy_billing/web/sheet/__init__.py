"""The week sheet and the day view."""
