"""Changes of working calendars: what somebody says of one becomes a version, and files and laws renew it."""
