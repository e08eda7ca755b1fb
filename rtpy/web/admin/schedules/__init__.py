"""Pages of schedules: what is done again and again to tickets."""
