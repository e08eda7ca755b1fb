"""What is done by the clock: schedules over tickets, and tickets that come again."""
