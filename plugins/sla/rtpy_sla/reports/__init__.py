"""Reports on promises kept and missed, and the service reports that customers get: reading what clocks came to."""
