"""Results that leave the house: tables as files, calendars, news feeds."""
