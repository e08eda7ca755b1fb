"""A plugin in whose eyes every calendar is used, and that hears of changes."""

from rtpy.calendars.use import CalendarUse
from rtpy.hookspecs import hookimpl


class Counting:
    """`heard` are the dates from which on it was told."""

    def __init__(self):
        self.heard = []

    @hookimpl
    def rtpy_calendar_uses(self, work, calendar_id):
        """Everything."""
        return [CalendarUse("Somebody")]

    @hookimpl
    def rtpy_calendar_changed(self, work, calendar_id, since):
        """Remember."""
        self.heard.append(since)
