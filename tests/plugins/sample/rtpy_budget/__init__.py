"""A budget of minutes for each ticket; the hooks are in `plugin`."""
