"""People, groups, organisations and roles."""
