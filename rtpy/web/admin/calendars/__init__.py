"""Working calendars: the list, one with its versions, and the form."""
