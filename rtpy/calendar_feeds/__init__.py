"""Files of events (iCalendar) that close days of working calendars: read, fetched daily, and put into new versions."""
