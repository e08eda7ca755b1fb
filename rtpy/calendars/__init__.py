"""Working hours: weeks, holidays and zones as values, and arithmetic with them. Pure."""
