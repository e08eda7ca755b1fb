"""Commands of billing: `rtpy billing …`."""
