"""RT's own service levels: the field SLA, Due and Starts."""
